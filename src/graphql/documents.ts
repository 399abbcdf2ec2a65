import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import { costLimit } from './cost-limit.ts';
import { KnownDocuments } from './known-documents.ts';
import { repeatedFieldsLimit } from './repeated-fields.ts';

/** Lexer tokens a document may have: several times the largest of our own pages. */
export const MAX_TOKENS = 1_000;
/** Of a document that breaks more rules, the rest is not told: answers grow no faster than what is asked. */
const MAX_TOLD_ERRORS = 5;

/** A limit that throws is a fault of ours to Apollo (HTTP 500): it is reported, like any rule that a document breaks. */
const reported = {
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null, error: GraphQLError) => context?.reportError(error)],
};

/** What a document may ask for at most, checked before anything runs, over HTTP and WebSocket alike. */
export function documentLimits({ introspection }: { introspection: boolean }): ValidationRule[] {
  return [
    maxDepthRule({ n: 12, ...reported }),
    // Left to itself it does not count aliases of __typename.
    maxAliasesRule({ n: 15, allowList: [], ...reported }),
    repeatedFieldsLimit(10),
    maxDirectivesRule({ n: 20, ...reported }),
    costLimit(),
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
}

export type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

/** Parses and checks documents for the WebSocket; one that was good is remembered with its text. */
export function documentChecker(schema: GraphQLSchema, limits: readonly ValidationRule[]): (source: string) => Checked {
  const known = new KnownDocuments();
  const rules = [...specifiedRules, ...limits];
  return (source) => {
    const document = known.get(source);
    if (document !== undefined) return { document };
    const checked = check(schema, rules, source);
    if ('document' in checked) known.put(source, checked.document);
    return checked;
  };
}

function check(schema: GraphQLSchema, rules: readonly ValidationRule[], source: string): Checked {
  try {
    const document = parse(source, { maxTokens: MAX_TOKENS });
    const errors = validate(schema, document, rules);
    return errors.length === 0 ? { document } : { errors: toldOf(errors) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

/** The first few of a document's errors. */
export function toldOf<Fault>(errors: readonly Fault[]): readonly Fault[] {
  return errors.slice(0, MAX_TOLD_ERRORS);
}
