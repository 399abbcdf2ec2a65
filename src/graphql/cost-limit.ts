import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  TypeInfo,
  ValidationContext,
  type ValidationRule,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { DEFAULT_PAGE, MAX_PAGE } from './page-size.ts';

/** A full page of orders with everything in them costs 43,000. */
const MAX_COST = 50_000;

/**
 * What a document may cost in all. A list counts as often as its page is long; the library sees only a length that is
 * written out, so one that comes as a variable is written in as the largest page, one that is left out as the usual.
 */
export function costLimit(): ValidationRule {
  return (context) => ({
    Document(document) {
      const schema = context.getSchema();
      const sized = withPageSizes(document, schema);
      const report = (error: GraphQLError) => context.reportError(error);
      const rule = costLimitRule({
        maxCost: MAX_COST,
        propagateOnRejection: false,
        onReject: [(_context, error) => report(new GraphQLError(error.message))],
      });
      visit(sized, rule(new ValidationContext(schema, sized, new TypeInfo(schema), report)));
    },
  });
}

function withPageSizes(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const types = new TypeInfo(schema);
  const isPaged = () => types.getFieldDef()?.args.some(({ name }) => name === 'first') === true;
  return visit(document, visitWithTypeInfo(types, { Field: (field) => (isPaged() ? withPageSize(field) : undefined) }));
}

function withPageSize(field: FieldNode): FieldNode {
  const { arguments: given = [] } = field;
  const first = given.find(({ name }) => name.value === 'first')?.value;
  if (first?.kind === Kind.INT) return field;
  const others = given.filter(({ name }) => name.value !== 'first');
  return { ...field, arguments: [...others, sizeOf(first?.kind === Kind.VARIABLE ? MAX_PAGE : DEFAULT_PAGE)] };
}

function sizeOf(page: number): ArgumentNode {
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'first' },
    value: { kind: Kind.INT, value: String(page) },
  };
}
