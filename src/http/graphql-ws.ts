import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import {
  type ExecutionArgs,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  subscribe,
} from 'graphql';
import type { ConnectionInitMessage, Context as SocketContext } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../graphql/context.ts';
import type { Checked } from '../graphql/documents.ts';
import { type ErrorMask, errorMask } from '../graphql/faults.ts';
import type { Log } from '../log.ts';
import { type Authenticate, bearer } from '../merchants/authenticate.ts';
import { type Caller, nameOf } from '../merchants/caller.ts';
import type { RateLimit } from '../merchants/rate-limit.ts';
import { operationLabel } from './graphql-http.ts';
import type { Metrics } from './metrics.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_SUBSCRIPTIONS = 100;
/** graphql-ws's own code for a credential that opens nothing. */
const FORBIDDEN = 4403;
const INIT_TIMEOUT_MS = 5_000;
/** With the time a looked-up key is trusted: how long a running subscription outlives its credential. */
const LOOK_AGAIN_MS = 2_000;

export interface GraphQLWsNeeds {
  readonly schema: GraphQLSchema;
  readonly check: (source: string) => Checked;
  readonly production: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  readonly rateLimit: RateLimit;
  readonly contextFor: (caller: Caller) => Context;
}

interface SocketExtra extends Record<PropertyKey, unknown> {
  credential?: string;
}

type Socket = SocketContext<ConnectionInitMessage['payload'], Extra & Partial<SocketExtra>>;

export interface GraphQLSockets {
  /** Ends every socket with 1001 and waits for the other sides to agree. */
  close(): Promise<void>;
  /** Cuts those that don't. */
  terminate(): void;
}

/** GraphQL over WebSocket (graphql-transport-ws) on /graphql. */
export function graphqlWs(app: FastifyInstance, needs: GraphQLWsNeeds): GraphQLSockets {
  const mask = errorMask(needs);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const server = useServer<ConnectionInitMessage['payload'], SocketExtra>(
    {
      schema: needs.schema,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      execute: (args) => counted(needs.metrics, args, execute),
      subscribe: (args) => counted(needs.metrics, args, subscribe),
      onConnect: (socket) => admit(needs, socket),
      onSubscribe: (socket, _id, payload) => prepare(needs, socket, payload),
      onNext: (_socket, _id, _payload, _args, result) => masked(result, mask),
      onError: (_socket, _id, _payload, errors) => errors.map((error) => mask(error)),
      // Otherwise an unexpected error's message becomes the close reason.
      isProd: true,
    },
    sockets,
  );
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node takes its own listener away before it hands the socket over: a reset would end the process.
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?', 1)[0] !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  });
  return {
    close: async () => server.dispose(),
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

/**
 * No valid credential closes the socket with 4403. When we can't tell because the database is away, 1013 asks
 * the client to come again; to it 4500 would be the end.
 */
async function admit({ authenticate, log }: GraphQLWsNeeds, socket: Socket): Promise<boolean> {
  const { authorization, clientToken } = socket.connectionParams ?? {};
  const credential = typeof clientToken === 'string' ? clientToken : bearer(authorization);
  if (credential === undefined) return false;
  try {
    if ((await authenticate(credential)) === undefined) return false;
  } catch (error) {
    log.error({ err: error }, 'a socket could not be authenticated');
    socket.extra.socket.close(1013, 'Try again later');
    return false;
  }
  socket.extra.credential = credential;
  closeWhenOver(authenticate, socket.extra.socket, credential);
  return true;
}

/** A revoked key or an expired token ends what it opened, whether or not anything happens on the socket. */
function closeWhenOver(authenticate: Authenticate, socket: WebSocket, credential: string): void {
  // It may have gone while it was being admitted, and will not say so again.
  if (socket.readyState !== socket.OPEN) return;
  const timer = setInterval(() => {
    authenticate(credential).then(
      (caller) => caller === undefined && socket.close(FORBIDDEN, 'Forbidden'),
      // The database is away: that says nothing about the credential.
      () => undefined,
    );
  }, LOOK_AGAIN_MS);
  socket.once('close', () => clearInterval(timer));
}

interface Asked {
  readonly query: string;
  readonly operationName?: string | undefined | null;
  readonly variables?: Record<string, unknown> | undefined | null;
}

/** Each operation asks again who the credential belongs to: a revoked key must not live as long as its socket. */
async function prepare(
  needs: GraphQLWsNeeds,
  socket: Socket,
  asked: Asked,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  // Before anything is awaited: a moment later the operations behind this one have been counted too.
  if (Object.keys(socket.subscriptions).length > MAX_SUBSCRIPTIONS)
    return [new GraphQLError(`At most ${MAX_SUBSCRIPTIONS} operations at a time on one connection`)];
  const caller = await needs.authenticate(socket.extra.credential ?? '');
  if (caller === undefined) {
    socket.extra.socket.close(FORBIDDEN, 'Forbidden');
    return [new GraphQLError('The credential is not valid any more', { extensions: { code: 'UNAUTHENTICATED' } })];
  }
  const waitSeconds = needs.rateLimit(nameOf(caller));
  if (waitSeconds > 0)
    return [
      new GraphQLError(`Too many requests: try again in ${waitSeconds} s`, { extensions: { code: 'RATE_LIMITED' } }),
    ];
  const checked = needs.check(asked.query);
  if ('errors' in checked) return refused(needs.metrics, checked.errors);
  if (!getOperationAST(checked.document, asked.operationName))
    return refused(needs.metrics, [new GraphQLError('operationName names no operation of the document')]);
  return {
    schema: needs.schema,
    document: checked.document,
    operationName: asked.operationName ?? null,
    variableValues: asked.variables ?? null,
    contextValue: needs.contextFor(caller),
  };
}

function refused(metrics: Metrics, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  metrics.operation('refused', 'error', 0);
  return errors;
}

/** A subscription counts once, when it begins. */
async function counted<Answer extends object>(
  metrics: Metrics,
  args: ExecutionArgs,
  run: (args: ExecutionArgs) => Answer | Promise<Answer>,
): Promise<Answer> {
  const startedAt = performance.now();
  const answer = await run(args);
  const operation = getOperationAST(args.document, args.operationName);
  const outcome = 'errors' in answer && answer.errors !== undefined ? 'error' : 'ok';
  metrics.operation(operation ? operationLabel(operation) : 'refused', outcome, performance.now() - startedAt);
  return answer;
}

interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

function masked({ data, errors }: Result, mask: ErrorMask): FormattedExecutionResult | undefined {
  return errors && { data: data ?? null, errors: errors.map((error) => mask(error)) };
}
