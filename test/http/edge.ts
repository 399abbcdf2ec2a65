// The edges for connections that stay open, in this process, before a schema that says as much as it is asked for.
import { buildSchema, type DocumentNode, GraphQLError, parse } from 'graphql';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { documentFinder } from '../../src/graphql/persisted.ts';
import { Connections, type Ending } from '../../src/http/connections.ts';
import { graphqlSse } from '../../src/http/graphql-sse.ts';
import { graphqlWs } from '../../src/http/graphql-ws.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { startRounds } from '../../src/http/rounds.ts';
import { httpServer } from '../../src/http/server.ts';
import { newLog } from '../../src/log.ts';
import type { Caller } from '../../src/merchants/caller.ts';
import { openDoor } from '../../src/merchants/door.ts';
import { rateLimits } from '../../src/merchants/limits.ts';
import { CASHIER, memoryContext } from '../support/schema.ts';
import { until } from '../support/until.ts';

const SCHEMA = `type Query { x: Int }  type Subscription { flood: String!  beats: Int! }`;
const KILOBYTES_60 = 'x'.repeat(60_000);

export interface Edge {
  readonly url: string;
  readonly connections: Connections;
  /** Who each credential belongs to; no entry: nobody. */
  readonly callers: Map<string, Caller>;
  readonly ended: Ending[];
  /** How many events the floods have been asked for. */
  pulled(): number;
  beat(): void;
  /** Ends the floods. */
  dry(): void;
}

export async function openEdge(paces: { roundMs?: number; stallMs?: number } = {}): Promise<Edge> {
  const { schema, pulled, beat, dry } = toySchema();
  const log = newLog('silent');
  const callers = new Map<string, Caller>([['key', CASHIER]]);
  const connections = new Connections();
  const ended: Ending[] = [];
  const none = async () => ({});
  const authenticate = async (credential: string) => callers.get(credential);
  const figures = { pool: () => ({ open: 0, idle: 0, waiting: 0 }), subscribers: () => 0, connections: () => 0 };
  const needs = {
    schema,
    find: documentFinder('off', new Map()),
    check: parsed,
    production: false,
    log,
    metrics: new Metrics({
      ...figures,
      ordersByStatus: none,
      openMoney: async () => [],
      webhooksOwed: async () => ({ pending: 0, oldestMs: 0 }),
    }),
    authenticate,
    door: openDoor({ authenticate, limits: rateLimits(0, { now: () => new Date() }), onRefused: () => {} }),
    addressOf: () => '',
    contextFor: (caller: Caller) => memoryContext(caller),
    connections,
  };
  const app = httpServer(log);
  const sockets = graphqlWs(app, needs);
  const streams = graphqlSse(app, needs);
  const rounds = startRounds({ ...needs, ...paces, onEnd: (why) => ended.push(why) });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    rounds.stop();
    streams.close();
    sockets.terminate();
    await app.close();
  });
  return { url: address, connections, callers, ended, pulled, beat, dry };
}

function parsed(source: string): { document: DocumentNode } | { errors: GraphQLError[] } {
  try {
    return { document: parse(source) };
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? error : new GraphQLError('?')] };
  }
}

function toySchema() {
  const schema = buildSchema(SCHEMA);
  const fields = schema.getSubscriptionType()?.getFields();
  const listeners = new Set<() => void>();
  let pulled = 0;
  let beats = 0;
  let isDry = false;
  Object.assign(fields?.flood ?? {}, {
    subscribe: async function* flood() {
      while (!isDry) {
        pulled += 1;
        yield { flood: KILOBYTES_60 };
      }
    },
  });
  Object.assign(fields?.beats ?? {}, {
    subscribe: async function* follow() {
      for (;;) {
        yield { beats };
        await new Promise<void>((resolve) => listeners.add(resolve));
      }
    },
  });
  const beat = () => {
    beats += 1;
    for (const wake of listeners) wake();
    listeners.clear();
  };
  const dry = () => {
    isDry = true;
  };
  return { schema, pulled: () => pulled, beat, dry };
}

export interface Client {
  readonly socket: WebSocket;
  readonly heard: { type: string; payload?: { data?: { beats?: number } } }[];
  /** `[code, reason]` */
  readonly closed: Promise<readonly [number, string]>;
  send(message: object): void;
  subscribe(query: string): void;
}

/** A socket that has been let in, or closed. */
export async function connect(edge: Edge, { credential = 'key', autoPong = true } = {}): Promise<Client> {
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { autoPong });
  const heard: Client['heard'] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  const closed = new Promise<readonly [number, string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  await new Promise((resolve) => socket.once('open', resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  send({ type: 'connection_init', payload: { authorization: `Bearer ${credential}` } });
  await until(
    () => heard.length > 0 || socket.readyState !== WebSocket.OPEN,
    (done) => done,
  );
  const subscribe = (query: string) => send({ id: query, type: 'subscribe', payload: { query } });
  return { socket, heard, closed, send, subscribe };
}
