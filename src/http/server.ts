import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Log } from '../log.ts';
import { readOut } from './read-out.ts';

const MAX_BODY_BYTES = 128 * 1024;

/** The HTTP server with what every route shares: one log line a request, plain errors, safe headers. */
export function httpServer(log: Log): FastifyInstance {
  const app = Fastify({
    logger: false,
    // Node hands every upgrade over to the WebSocket, also the h2c that some clients merely offer.
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30_000,
    // A dropped keep-alive must never cut an answer off: idle ones are closed, busy ones finish.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    genReqId: newRequestId,
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
  if (log.isLevelEnabled('info'))
    app.addHook('onResponse', (request, reply, done) => {
      logLine(log, request, reply);
      done();
    });
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ reqId: request.id, err: error }, 'unexpected fault');
    const message = status < 500 ? error.message : `Unexpected fault ${request.id}`;
    await readOut(request);
    return reply
      .code(status)
      .send({ errors: [{ message, extensions: { code: status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR' } }] });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'There is nothing here' }));
  return app;
}

interface Line {
  readonly id: string;
  readonly method: string;
  readonly operation?: string;
  readonly routeOptions: { readonly url?: string | undefined };
}

/** The route's pattern, never the URL: query strings and fragments carry what is nobody's business. */
function logLine(log: Log, request: Line, reply: { readonly statusCode: number; readonly elapsedTime: number }): void {
  const { id: reqId, method, operation } = request;
  const route = request.routeOptions.url ?? 'none';
  log.info(
    { reqId, method, route, operation, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
    'request',
  );
}

let requests = 0;
const process36 = Math.floor(Math.random() * 36 ** 6).toString(36);

function newRequestId(): string {
  requests += 1;
  return `${process36}-${requests.toString(36)}`;
}
