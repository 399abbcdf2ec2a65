// The one place that constructs adapters and hands them to the edges.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { readNotification } from './alipay/notification.ts';
import { type Returned, verifyReturn } from './alipay/return-url.ts';
import { AlipaySettingsError } from './alipay/settings-error.ts';
import { type Config, ConfigError } from './config.ts';
import { clientTokens } from './credentials/client-tokens.ts';
import { type Desk, openDesk, publicUrlOf } from './desk.ts';
import { openEntrance } from './door.ts';
import { type Ends, type Foundation, layFoundation } from './foundation.ts';
import { type Context, Loaders } from './graphql/context.ts';
import { documentChecker, documentLimits } from './graphql/documents.ts';
import { documentFinder, type Manifest } from './graphql/persisted.ts';
import { buildGraphQLSchema } from './graphql/schema.ts';
import { alipayNotify } from './http/alipay-notify.ts';
import { Connections } from './http/connections.ts';
import { graphqlHttp } from './http/graphql-http.ts';
import { graphqlSse } from './http/graphql-sse.ts';
import { graphqlWs } from './http/graphql-ws.ts';
import { health } from './http/health.ts';
import { type BrokerFigures, Metrics } from './http/metrics.ts';
import { pages } from './http/pages.ts';
import { startRounds } from './http/rounds.ts';
import { httpServer } from './http/server.ts';
import { toTypeId } from './ids.ts';
import type { Log } from './log.ts';
import { ManifestError, readManifest } from './manifest-file.ts';
import type { Caller } from './merchants/caller.ts';
import { caseLife } from './orders/case.ts';
import { hearNotification } from './orders/hear-notification.ts';
import { unreachable } from './orders/life.ts';
import { operationLife } from './orders/operation.ts';
import { orderLife } from './orders/order.ts';
import { paymentLife } from './orders/payment.ts';
import { refundLife } from './orders/refund.ts';
import { WakeUps } from './orders/wake-ups.ts';
import { openMoney } from './postgres/cases.ts';
import { postgresFeed } from './postgres/feed.ts';
import { brokerPlaces } from './postgres/feed-places.ts';
import { statusCounts } from './postgres/order-counts.ts';
import { postgresOrderReads } from './postgres/order-reads.ts';
import { pendingDeliveries } from './postgres/webhook-queue.ts';
import { startReload } from './reload.ts';
import { soon } from './soon.ts';
import { welcome } from './welcome.ts';
import { hurrier } from './worker/hurrier.ts';

export interface App {
  /** What the terminal shows: URLs, the key, what to do. */
  readonly welcome: readonly string[];
  /** Looks at once whether a value that comes from a file has changed. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Long enough for a client in use to ask once more. */
const GOODBYE_MS = 300;
/** How long peers may take to finish when we stop; the whole stop has ten seconds. */
const PATIENCE_MS = 3_000;
/** How long what a failed start has begun may take to end. */
const UNDO_MS = 8_000;
/** /metrics counts the orders of the last day: a bounded cost whatever the table holds. */
const COUNTED_MS = 24 * 60 * 60_000;
/** Connections that wait to be accepted when all sockets of another gateway come here at once. Linux caps it at somaxconn. */
const MAX_BACKLOG = 4_096;

/**
 * `read` reads the configuration again, for values that change.
 * @throws ConfigError when what it was given can't work; everything begun is ended again.
 */
export async function startApp(config: Config, log: Log, read: () => Config): Promise<App> {
  checkTables();
  const ends: Ends = [];
  const stop = () => endAll(ends, log);
  try {
    const base = await layFoundation(config, log, ends);
    if (config.alipay !== undefined && config.publicUrl === undefined)
      log.warn('PUBLIC_URL is not set: Alipay cannot reach http://localhost to notify payments');
    const publicUrl = await serve(config, log, { base, ends });
    const reload = startReload(config, log, { base, ends, read });
    return { welcome: welcome(config, publicUrl, base), reload, stop };
  } catch (error) {
    // A part that does not end must not keep the reason from being told.
    await Promise.race([stop(), delay(UNDO_MS)]);
    if (error instanceof AlipaySettingsError) throw new ConfigError(error.message);
    throw error;
  }
}

/** A row of a life table that nothing leads to is a mistake in the table. */
function checkTables(): void {
  const lost = [
    ...unreachable(orderLife, 'PENDING'),
    ...unreachable(paymentLife, 'CREATED'),
    ...unreachable(refundLife, 'AWAITING_CONFIRMATION'),
    ...unreachable(caseLife, 'OPEN'),
    ...unreachable(operationLife, 'WAITING'),
  ];
  if (lost.length > 0) throw new Error(`no path leads to ${lost.join(', ')}`);
}

async function serve(config: Config, log: Log, { base, ends }: { base: Foundation; ends: Ends }): Promise<string> {
  const app = httpServer(log);
  const wakeUps = new WakeUps();
  const connections = new Connections();
  const reads = postgresOrderReads(base.database);
  const metrics = new Metrics({
    pool: () => base.database.poolFigures(),
    subscribers: () => wakeUps.size,
    connections: () => connections.size,
    ordersByStatus: () => statusCounts(base.database, new Date(Date.now() - COUNTED_MS)),
    openMoney: () => openMoney(base.database, base.clock.now()),
    broker: brokerFigures(base),
    webhooksOwed: () => webhooksOwed(base),
  });
  const desk = await soon('the desk', openDesk(config, { base, log, metrics, wakeUps, ends }));
  let draining = false;
  const degraded = () => [base.broker?.fault()].filter((fault) => fault !== undefined);
  health(app, { metrics, degraded, notReady: async () => (draining ? 'draining' : databaseFault(base)) });
  // Nobody calls a worker but its operator.
  if (config.role === 'worker') {
    ends.push(() => app.close());
    return listen(app, config, log);
  }
  const { clock } = base;
  // Pages count down by the server's clock, which a test clock moves.
  if (base.sandboxUrl !== undefined)
    app.addHook('onSend', async (_request, reply) => {
      reply.header('date', clock.now().toUTCString());
    });
  const tokens = clientTokens(base.secretKey, base.otherSecretKeys);
  const hurry = hurrier({ checks: desk.checks, clock, gapMs: config.checkIntervalMs, log });
  const feed = postgresFeed(base.database);
  const contextFor = (caller: Caller): Context => ({
    caller,
    reads,
    feed,
    wakeUps,
    clock,
    hurry,
    onFault: (error) => log.warn({ err: error }, 'a subscription waits for the database'),
    clientTokens: tokens,
    load: new Loaders(reads, caller.merchantId),
  });
  const schema = buildGraphQLSchema(desk);
  const limits = documentLimits({ introspection: !config.production });
  const check = documentChecker(schema, limits);
  const shops = shopManifest(config);
  for (const [hash, text] of shops)
    if ('errors' in check(text)) log.warn({ hash }, 'an operation of PERSISTED_MANIFEST does not fit the schema');
  const entrance = openEntrance(config, {
    base,
    log,
    metrics,
    clientTokens: tokens,
    isSuspended: desk.isSuspended,
    ends,
  });
  const edge = {
    schema,
    log,
    metrics,
    ...entrance,
    find: documentFinder(config.persistedOperations, new Map([...ownManifest(), ...shops])),
    connections,
    contextFor,
    production: config.production,
  };
  alipayNotify(app, {
    log,
    metrics,
    addressOf: entrance.addressOf,
    unsigned: entrance.rates.notification,
    read: (body, contentType) => readNotification(body, contentType, desk.findApp),
    hear: (notice) => hearNotification(desk, notice),
  });
  await pages(app, {
    webDir: join(import.meta.dirname, 'web'),
    sandboxApiKey: base.sandboxUrl === undefined ? undefined : base.apiKey,
    returned: async (query) => {
      const back = verifyReturn(query, desk.findApp, clock.now());
      const order = back && (await orderOf(desk, back));
      return order && { orderId: toTypeId('ord', order.id), clientToken: tokens.issue(order) };
    },
  });
  const apollo = await graphqlHttp(app, { ...edge, limits });
  const operations = { ...edge, check };
  const sockets = graphqlWs(app, operations);
  const streams = graphqlSse(app, operations);
  const rounds = startRounds({ ...edge, onEnd: (why) => metrics.connectionEnded(why) });
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  ends.push(async () => {
    draining = true;
    rounds.stop();
    streams.close();
    await sayGoodbye(app);
    const cut = setTimeout(() => {
      sockets.terminate();
      app.server.closeAllConnections();
    }, PATIENCE_MS);
    await Promise.all([sockets.close(), app.close()]).finally(() => clearTimeout(cut));
    await apollo.stop();
  });
  return listen(app, config, log);
}

/**
 * Connections in use are told with their next answer that it is the last: one that is closed while its client sends would
 * cut off a request that nobody has read.
 */
async function sayGoodbye(app: FastifyInstance): Promise<void> {
  const open = await new Promise<number>((resolve) =>
    app.server.getConnections((_error, count) => resolve(count ?? 0)),
  );
  if (open > 0) await delay(GOODBYE_MS);
}

/** The operations of our own pages, made and typed by the build that this program is of. */
function ownManifest(): Manifest {
  return readManifest(join(import.meta.dirname, 'operations.json'));
}

/** The operations of the shop's programs. @throws ConfigError */
function shopManifest({ persistedOperations, persistedManifest }: Config): Manifest {
  if (persistedOperations === 'off' || persistedManifest === undefined) return new Map();
  try {
    return readManifest(persistedManifest);
  } catch (error) {
    if (error instanceof ManifestError) throw new ConfigError(`PERSISTED_MANIFEST is wrong: ${error.message}.`);
    throw error;
  }
}

/** An out_trade_no is not always the order's own number. */
async function orderOf({ inbox }: Desk, returned: Returned) {
  return (await inbox.look({ ...returned, notifyId: '' })).order;
}

function brokerFigures({ broker, database, clock }: Foundation): BrokerFigures | undefined {
  if (broker === undefined) return undefined;
  const places = brokerPlaces(database);
  return {
    isConnected: () => broker.fault() === undefined,
    backlog: async () => {
      const { events, waitsSince } = await places.backlog();
      return { events, oldestMs: waitsSince === null ? 0 : clock.now().getTime() - waitsSince.getTime() };
    },
  };
}

async function webhooksOwed({ database, clock }: Foundation) {
  const { pending, since } = await pendingDeliveries(database);
  return { pending, oldestMs: since === null ? 0 : clock.now().getTime() - since.getTime() };
}

async function databaseFault({ database }: Foundation): Promise<string | undefined> {
  try {
    await database.ping();
    return undefined;
  } catch {
    return 'the database does not answer';
  }
}

async function listen(app: FastifyInstance, config: Config, log: Log): Promise<string> {
  try {
    await app.listen({ port: config.port, host: config.host, backlog: MAX_BACKLOG });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EADDRINUSE') throw new ConfigError(`PORT is wrong: ${config.port} is taken, choose a free one.`);
    if (code === 'EACCES') throw new ConfigError(`PORT is wrong: ${config.port} needs rights that this user lacks.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ConfigError(`HOST is wrong: ${config.host} is not an address of this machine.`);
    throw error;
  }
  log.info({ port: config.port }, 'listening');
  return publicUrlOf(config);
}

/** One that fails must not keep the others from ending. */
async function endAll(ends: Ends, log: Log): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop())
    await end().catch((error) => log.error({ err: error }, 'a part did not end in order'));
}
