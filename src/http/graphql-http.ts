import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
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
import type { Log } from '../log.ts';
import { type Authenticate, bearer } from '../merchants/authenticate.ts';
import { type Caller, nameOf } from '../merchants/caller.ts';
import type { RateLimit } from '../merchants/rate-limit.ts';
import { landingPage } from './landing-page.ts';
import type { Metrics } from './metrics.ts';

export interface GraphQLHttpNeeds {
  readonly schema: GraphQLSchema;
  readonly limits: ValidationRule[];
  readonly production: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  readonly rateLimit: RateLimit;
  readonly contextFor: (caller: Caller) => Context;
}

interface HttpContext extends Context {
  readonly request: FastifyRequest;
}

/** GraphQL over HTTP. Its own limits and masks are those of the WebSocket. */
export async function graphqlHttp(app: FastifyInstance, needs: GraphQLHttpNeeds): Promise<ApolloServer<HttpContext>> {
  const { schema, limits, production, log } = needs;
  const mask = errorMask(needs);
  const apollo = new ApolloServer<HttpContext>({
    schema,
    introspection: !production,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
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

async function httpContext(needs: GraphQLHttpNeeds, request: FastifyRequest): Promise<HttpContext> {
  const credential = bearer(request.headers.authorization);
  const caller = credential === undefined ? undefined : await needs.authenticate(credential);
  if (caller === undefined) throw unauthenticated();
  const waitSeconds = needs.rateLimit(nameOf(caller));
  if (waitSeconds > 0) throw tooMany(waitSeconds);
  return Object.assign(needs.contextFor(caller), { request });
}

function unauthenticated(): GraphQLError {
  const extensions = {
    code: 'UNAUTHENTICATED',
    http: { status: 401, headers: new Map([['www-authenticate', 'Bearer']]) },
  };
  return new GraphQLError('Send a valid API key: Authorization: Bearer <API key>', { extensions });
}

/** Too many requests for this credential: HTTP 429 with Retry-After. */
function tooMany(waitSeconds: number): GraphQLError {
  const headers = new Map([['retry-after', String(waitSeconds)]]);
  const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: waitSeconds, http: { status: 429, headers } };
  return new GraphQLError(`Too many requests: try again in ${waitSeconds} s`, { extensions });
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
