import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type ValidationRule,
} from 'graphql';
import type { Context } from '../graphql/context.ts';
import { MAX_TOKENS, toldOf } from '../graphql/documents.ts';
import { errorMask } from '../graphql/faults.ts';
import { KnownDocuments } from '../graphql/known-documents.ts';
import type { FindDocument } from '../graphql/persisted.ts';
import type { Log } from '../log.ts';
import { bearer } from '../merchants/authenticate.ts';
import type { Caller } from '../merchants/caller.ts';
import type { Door } from '../merchants/door.ts';
import type { AddressOf } from './client-address.ts';
import { landingPage } from './landing-page.ts';
import type { Metrics } from './metrics.ts';
import { suspended, tooManyRequests, unauthenticated } from './refusals.ts';
import { sentBy } from './sent-document.ts';

export interface GraphQLHttpNeeds {
  readonly schema: GraphQLSchema;
  readonly limits: ValidationRule[];
  readonly find: FindDocument;
  readonly production: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly door: Door;
  readonly addressOf: AddressOf;
  readonly contextFor: (caller: Caller) => Context;
}

interface HttpContext extends Context {
  readonly request: FastifyRequest;
  /** The document's text, when the request names one in any way. */
  readonly source: string | undefined;
}

/** GraphQL over HTTP. Its own limits and masks are those of the WebSocket. */
export async function graphqlHttp(app: FastifyInstance, needs: GraphQLHttpNeeds): Promise<ApolloServer<HttpContext>> {
  const { schema, limits, production, log } = needs;
  const mask = errorMask(needs);
  const apollo = new ApolloServer<HttpContext>({
    schema,
    introspection: !production,
    includeStacktraceInErrorResponses: false,
    // `find` has seen to them before Apollo looks.
    persistedQueries: false,
    documentStore: documentStore(),
    // A browser asks first (CORS preflight) before it sends any of these across origins.
    csrfPrevention: { requestHeaders: ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'] },
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: limits,
    formatError: (formatted, error) => mask(error, formatted),
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      landingPage(production),
      runFound,
      observe(needs.metrics),
      noSubscriptions,
      fewErrors,
    ],
  });
  await apollo.start();
  app.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: '/graphql',
    handler: fastifyApolloHandler(apollo, { context: (request) => httpContext(needs, request) }),
  });
  return apollo;
}

/** Apollo's own bound counts a document as its JSON, of which a great many fill the memory. */
function documentStore() {
  const known = new KnownDocuments();
  return {
    get: async (hash: string) => known.get(hash),
    set: async (hash: string, document: DocumentNode) => known.put(hash, document),
    delete: async () => undefined,
  };
}

async function httpContext(needs: GraphQLHttpNeeds, request: FastifyRequest): Promise<HttpContext> {
  const asked = await needs.door.ask(bearer(request.headers.authorization), needs.addressOf(request.raw));
  if (asked.kind === 'stranger') throw overHttp(unauthenticated(), 401, ['www-authenticate', 'Bearer']);
  if (asked.kind === 'suspended') throw overHttp(suspended(), 403);
  if (asked.kind === 'too_many')
    throw overHttp(tooManyRequests(asked), 429, ['retry-after', String(asked.waitSeconds)]);
  const found = needs.find(sentBy(request));
  if (found !== undefined && 'error' in found) throw overHttp(found.error, statusOf(found.error));
  return Object.assign(needs.contextFor(asked.caller), { request, source: found?.query });
}

/** Clients of Automatic Persisted Queries go on after a 200 only. */
function statusOf({ extensions }: GraphQLError): number {
  return String(extensions.code).startsWith('PERSISTED_QUERY_NOT_') ? 200 : 400;
}

/** Puts the text that was found in the place of whatever was sent. */
const runFound: ApolloServerPlugin<HttpContext> = {
  async requestDidStart({ request, contextValue: { source } }) {
    if (source === undefined) return;
    request.query = source;
    delete request.extensions;
  },
};

/** Apollo takes status and headers out of the extensions. */
function overHttp(error: GraphQLError, status: number, ...headers: [string, string][]): GraphQLError {
  const { message, extensions } = error;
  return new GraphQLError(message, { extensions: { ...extensions, http: { status, headers: new Map(headers) } } });
}

function observe(metrics: Metrics): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart({ contextValue }) {
      const startedAt = performance.now();
      return {
        async willSendResponse({ operation, errors }) {
          const name = operation ? operationLabel(operation) : 'refused';
          contextValue.request.operation = name;
          metrics.operation(name, errors === undefined ? 'ok' : 'error', performance.now() - startedAt);
        },
      };
    },
  };
}

/** Nothing here could answer one more than once. */
const noSubscriptions: ApolloServerPlugin<HttpContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
        const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
        throw new GraphQLError(
          'Subscriptions run over WebSocket on /graphql and over server-sent events on /graphql/stream',
          {
            extensions,
          },
        );
      },
    };
  },
};

/** A document that was not run is told its first few errors, as over the WebSocket. */
const fewErrors: ApolloServerPlugin<HttpContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body } }) {
        if (body.kind !== 'single' || body.singleResult.data !== undefined) return;
        const { errors } = body.singleResult;
        if (errors !== undefined) body.singleResult.errors = toldOf(errors);
      },
    };
  },
};

/** The root field, which the schema bounds; never the operation's name, which the caller invents. */
export function operationLabel({ operation, selectionSet }: OperationDefinitionNode): string {
  const [first, second] = selectionSet.selections;
  const field = first?.kind === Kind.FIELD && second === undefined ? first.name.value : 'several';
  return `${operation}.${field}`;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request asked for, for its log line. */
    operation?: string;
  }
}
