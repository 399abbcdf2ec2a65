import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, execute, GraphQLError, getOperationAST, subscribe } from 'graphql';
import { createHandler, type Handler, type Request, type Response } from 'graphql-sse';
import { type ErrorMask, errorMask } from '../graphql/faults.ts';
import { bearer } from '../merchants/authenticate.ts';
import type { Caller } from '../merchants/caller.ts';
import { takeOperation, tooManyConnections } from './connections.ts';
import { type Asked, counted, type OperationNeeds, readyOperation } from './operation.ts';
import { suspended, tooManyRequests, unauthenticated } from './refusals.ts';
import { sentBy } from './sent-document.ts';
import { Stream } from './stream.ts';

const EVENT_STREAM = 'text/event-stream';
const RETRY_AFTER_SECONDS = 5;

/** What came with a request: who asks, and where the answer goes. */
interface Held {
  readonly caller: Caller;
  readonly stream: Stream;
}

export interface GraphQLStreams {
  /** Ends every stream; clients come back and find another gateway. */
  close(): void;
}

/**
 * GraphQL over server-sent events (graphql-sse, distinct connections) on /graphql/stream: an operation a request, for
 * networks that break WebSockets.
 */
export function graphqlSse(app: FastifyInstance, needs: OperationNeeds): GraphQLStreams {
  const streams = new Set<Stream>();
  const handle = streamHandler(needs, errorMask(needs));
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    handler: async (request, reply) => {
      const held = await admit(needs, request, reply);
      if (held === undefined) return reply;
      const { stream } = held;
      streams.add(stream);
      reply.hijack();
      reply.raw.once('close', () => {
        streams.delete(stream);
        needs.connections.leave(stream, 1);
      });
      await answer(handle, request, held).catch((error) => {
        needs.log.error({ reqId: request.id, err: error }, 'unexpected fault');
        stream.end();
      });
      return reply;
    },
  });
  return {
    close: () => {
      for (const stream of streams) stream.end();
    },
  };
}

/** Answers who may not have a stream, as any other request is answered; a stream has no other way to say it. */
async function admit(
  needs: OperationNeeds,
  { headers, raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<Held | undefined> {
  if (!headers.accept?.includes(EVENT_STREAM))
    return refuse(reply.code(406), new GraphQLError(`Send Accept: ${EVENT_STREAM}`));
  const credential = bearer(headers.authorization);
  const asking = await needs.door.ask(credential, needs.addressOf(raw));
  if (asking.kind === 'too_many')
    return refuse(reply.code(429).header('retry-after', String(asking.waitSeconds)), tooManyRequests(asking));
  if (credential === undefined || asking.kind === 'stranger')
    return refuse(reply.code(401).header('www-authenticate', 'Bearer'), unauthenticated());
  if (asking.kind === 'suspended') return refuse(reply.code(403), suspended());
  const { caller } = asking;
  const holder = needs.connections.take(credential, caller);
  if (holder === undefined) return refuse(busy(reply), new GraphQLError(tooManyConnections(caller)));
  const stream = new Stream(reply.raw, holder);
  needs.connections.enter(stream);
  const refusal = takeOperation(holder);
  if (refusal === undefined) return { caller, stream };
  needs.connections.leave(stream, 0);
  return refuse(busy(reply), new GraphQLError(refusal));
}

function busy(reply: FastifyReply): FastifyReply {
  return reply.code(429).header('retry-after', String(RETRY_AFTER_SECONDS));
}

function refuse(reply: FastifyReply, error: GraphQLError): undefined {
  void reply.send({ errors: [error] });
}

type StreamRequest = Request<FastifyRequest, Held>;

function streamHandler(needs: OperationNeeds, mask: ErrorMask): Handler<FastifyRequest, Held> {
  return createHandler<FastifyRequest, Held>({
    // No tokens, with which one stream would carry many operations: `admit` has seen who asks.
    authenticate: () => null,
    onSubscribe: (request, asked) => run(needs, request, asked),
    onNext: async (_context, { context: { stream } }, result) => {
      // What was made before is written first: the library queues without asking.
      await new Promise(setImmediate);
      await stream.heldBack();
      return result.errors && { ...result, errors: result.errors.map((error) => maskedError(error, mask)) };
    },
  });
}

/** The library takes nothing but whole errors. */
function maskedError(error: GraphQLError, mask: ErrorMask): GraphQLError {
  const { message, extensions } = mask(error);
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, nodes, source, positions, path, undefined, extensions);
}

async function run(
  needs: OperationNeeds,
  { method, raw, context: { caller } }: StreamRequest,
  asked: Asked,
): Promise<Response | ExecutionResult | AsyncIterable<ExecutionResult>> {
  const ready = readyOperation(needs, caller, { ...asked, ...sentBy(raw) });
  if (!('document' in ready)) return { data: null, errors: ready };
  raw.operation = ready.label;
  const kind = getOperationAST(ready.document, ready.operationName)?.operation;
  if (kind === 'mutation' && method === 'GET') return [null, { status: 405, statusText: 'Method Not Allowed' }];
  const result =
    kind === 'subscription' ? await counted(needs, ready, subscribe) : await counted(needs, ready, execute);
  return Symbol.asyncIterator in result ? result : { data: null, ...result };
}

async function answer(handle: Handler<FastifyRequest, Held>, request: FastifyRequest, held: Held): Promise<void> {
  const [body, head] = await handle({
    method: request.method,
    url: withText(request.url),
    // The library knows this one spelling.
    headers: { get: (name) => (name === 'accept' ? EVENT_STREAM : String(request.headers[name] ?? '')) },
    body: isRecord(request.body) ? { query: '', ...request.body } : null,
    raw: request,
    context: held,
  });
  await held.stream.answer(head, body);
}

/** The library wants a text also where the document has a name. */
function withText(url: string): string {
  return /[?&]query=/.test(url) ? url : `${url}${url.includes('?') ? '&' : '?'}query=`;
}

function isRecord(body: unknown): body is Record<PropertyKey, unknown> {
  return typeof body === 'object' && body !== null;
}
