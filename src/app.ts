// The one place that constructs adapters and hands them to the edges.
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type AlipayChannel, alipayChannel } from './alipay/channel.ts';
import { readNotification } from './alipay/notification.ts';
import { verifyReturn } from './alipay/return-url.ts';
import { AlipaySettingsError } from './alipay/settings-error.ts';
import { type Config, ConfigError } from './config.ts';
import { hashApiKey } from './credentials/api-keys.ts';
import { clientTokens } from './credentials/client-tokens.ts';
import { submissionTokens } from './credentials/submission-tokens.ts';
import { type Ends, type Foundation, layFoundation } from './foundation.ts';
import { type Context, Loaders } from './graphql/context.ts';
import { documentChecker, documentLimits } from './graphql/documents.ts';
import { buildGraphQLSchema } from './graphql/schema.ts';
import { alipayNotify } from './http/alipay-notify.ts';
import { graphqlHttp } from './http/graphql-http.ts';
import { graphqlWs } from './http/graphql-ws.ts';
import { health } from './http/health.ts';
import { Metrics } from './http/metrics.ts';
import { pages } from './http/pages.ts';
import { httpServer } from './http/server.ts';
import { newUuid, toTypeId } from './ids.ts';
import type { Log } from './log.ts';
import { authenticator } from './merchants/authenticate.ts';
import type { Caller } from './merchants/caller.ts';
import { rateLimit } from './merchants/rate-limit.ts';
import { hearNotification } from './orders/hear-notification.ts';
import { unreachable } from './orders/life.ts';
import { orderLife } from './orders/order.ts';
import { paymentLife } from './orders/payment.ts';
import type { OrderStore } from './orders/ports.ts';
import { Turns } from './orders/turns.ts';
import { WakeUps } from './orders/wake-ups.ts';
import { postgresInbox } from './postgres/inbox.ts';
import { statusCounts } from './postgres/order-counts.ts';
import { postgresOrderReads } from './postgres/order-reads.ts';
import { postgresOrderStore } from './postgres/order-store.ts';
import { postgresOutboxRelay } from './postgres/outbox-relay.ts';
import { listenForWakeUps } from './postgres/wake-ups.ts';
import { type Relay, startRelay } from './worker/relay.ts';

export interface App {
  /** What the terminal shows: URLs, the key, what to do. */
  readonly welcome: readonly string[];
  stop(): Promise<void>;
}

/** Every subscription looks again this often, whatever became of the hints. */
const FLOOR_MS = 15_000;
/** How long peers may take to finish when we stop; the whole stop has ten seconds. */
const PATIENCE_MS = 3_000;
/** /metrics counts the orders of the last day: a bounded cost whatever the table holds. */
const COUNTED_MS = 24 * 60 * 60_000;

/** @throws ConfigError when what it was given can't work; everything begun is ended again. */
export async function startApp(config: Config, log: Log): Promise<App> {
  checkTables();
  const ends: Ends = [];
  const stop = () => endAll(ends, log);
  try {
    const base = await layFoundation(config, log, ends);
    if (config.alipay !== undefined && config.publicUrl === undefined)
      log.warn('PUBLIC_URL is not set: Alipay cannot reach http://localhost to notify payments');
    const publicUrl = await serve(config, log, { base, ends });
    return { welcome: welcome(publicUrl, base), stop };
  } catch (error) {
    await stop();
    if (error instanceof AlipaySettingsError) throw new ConfigError(error.message);
    throw error;
  }
}

/** A row of a life table that nothing leads to is a mistake in the table. */
function checkTables(): void {
  const lost = [...unreachable(orderLife, 'PENDING'), ...unreachable(paymentLife, 'CREATED')];
  if (lost.length > 0) throw new Error(`no path leads to ${lost.join(', ')}`);
}

async function serve(config: Config, log: Log, { base, ends }: { base: Foundation; ends: Ends }): Promise<string> {
  const app = httpServer(log);
  const wakeUps = new WakeUps();
  const reads = postgresOrderReads(base.database);
  const metrics = new Metrics({
    pool: () => base.database.poolFigures(),
    subscribers: () => wakeUps.size,
    ordersByStatus: () => statusCounts(base.database, new Date(Date.now() - COUNTED_MS)),
  });
  const relay = await startNews({ base, log, wakeUps, ends });
  const channel = openChannel(config, base, metrics);
  ends.push(() => channel.close());

  const clock = { now: () => new Date() };
  const tokens = clientTokens(base.secretKey);
  const orders = announced(postgresOrderStore(base.database), wakeUps, relay);
  const shared = { orders, clock, newId: newUuid, turns: new Turns(), asking: new Map() };
  const contextFor = (caller: Caller): Context => ({
    caller,
    reads,
    wakeUps,
    onFault: (error) => log.warn({ err: error }, 'a subscription waits for the database'),
    clientTokens: tokens,
    load: new Loaders(reads, caller.merchantId),
  });
  const authenticate = authenticator({ keys: base.merchants, clientTokens: tokens, hashApiKey, clock });
  const schema = buildGraphQLSchema({
    ...shared,
    channel,
    tokens: submissionTokens(base.secretKey),
    accountId: base.accountId,
  });
  const limits = documentLimits({ introspection: !config.production });
  const edge = {
    schema,
    log,
    metrics,
    authenticate,
    rateLimit: rateLimit(config.rateLimit, clock),
    contextFor,
    production: config.production,
  };

  const hearNeeds = { ...shared, inbox: postgresInbox(base.database) };
  alipayNotify(app, {
    log,
    metrics,
    account: base,
    read: (body, contentType) => readNotification(body, contentType, base.account),
    hear: (notice) => hearNotification(hearNeeds, notice),
  });
  let draining = false;
  health(app, { metrics, notReady: async () => (draining ? 'draining' : databaseFault(base)) });
  await pages(app, {
    webDir: join(import.meta.dirname, 'web'),
    sandboxApiKey: base.sandboxUrl === undefined ? undefined : base.apiKey,
    returned: async (query) => {
      const back = verifyReturn(query, base.account, clock.now());
      const order = back && (await reads.orderRow(base.merchantId, { merchantOrderNo: back.outTradeNo }));
      return order && { orderId: toTypeId('ord', order.id), clientToken: tokens.issue(order) };
    },
  });
  const apollo = await graphqlHttp(app, { ...edge, limits });
  const sockets = graphqlWs(app, { ...edge, check: documentChecker(schema, limits) });
  ends.push(async () => {
    draining = true;
    const cut = setTimeout(() => {
      sockets.terminate();
      app.server.closeAllConnections();
    }, PATIENCE_MS);
    await Promise.all([sockets.close(), app.close()]).finally(() => clearTimeout(cut));
    await apollo.stop();
  });
  return listen(app, config, log);
}

function openChannel(config: Config, { account }: Foundation, metrics: Metrics): AlipayChannel {
  return alipayChannel({
    account,
    notifyUrl: `${publicUrlOf(config)}/alipay/notify`,
    onCall: (call) => metrics.alipayCall(call),
  });
}

/** What is written is told at once to this process's subscribers, and to the relay for everybody else. */
function announced(store: OrderStore, wakeUps: WakeUps, relay: Relay): OrderStore {
  return {
    find: (merchantId, ref) => store.find(merchantId, ref),
    async insert(order, event) {
      const inserted = await store.insert(order, event);
      if (inserted.kind === 'inserted') relay.poke();
      return inserted;
    },
    async write(change) {
      const written = await store.write(change);
      if (written === 'stale') return written;
      wakeUps.wake([change.after.id]);
      relay.poke();
      return written;
    },
  };
}

interface NewsNeeds {
  readonly base: Foundation;
  readonly log: Log;
  readonly wakeUps: WakeUps;
  readonly ends: Ends;
}

async function startNews({ base, log, wakeUps, ends }: NewsNeeds): Promise<Relay> {
  const outbox = postgresOutboxRelay(base.database);
  const relay = startRelay({ take: async (limit) => (await outbox.takeOutbox(limit)).length }, log);
  const listening = await listenForWakeUps({
    directUrl: base.directUrl,
    warn: (message) => log.warn(message),
    onOrders: (orderIds) => wakeUps.wake(orderIds),
    onReconnect: () => wakeUps.wakeAll(),
  });
  const floor = setInterval(() => wakeUps.wakeAll(), FLOOR_MS);
  ends.push(async () => {
    clearInterval(floor);
    await relay.stop();
    await listening.close();
  });
  return relay;
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
    await app.listen({ port: config.port, host: config.host });
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

function publicUrlOf({ publicUrl, port }: Config): string {
  return publicUrl ?? `http://localhost:${port}`;
}

function welcome(url: string, { shownApiKey, sandboxUrl }: Foundation): string[] {
  return [
    'Kassa is ready.',
    '',
    `Till      ${url}/pos`,
    `GraphQL   ${url}/graphql`,
    ...(sandboxUrl === undefined ? [] : [`Sandbox   ${sandboxUrl}   (play money)`]),
    ...(shownApiKey === undefined ? [] : [`API key   ${shownApiKey}`]),
    '',
    ...(sandboxUrl === undefined
      ? [`Alipay notifies ${url}/alipay/notify`]
      : [
          'Open the till, type an amount, press Sell, then follow the link under',
          'the QR code: the wallet opens, pay, and see the till turn PAID.',
        ]),
    'Ctrl-C stops everything.',
  ];
}

/** One that fails must not keep the others from ending. */
async function endAll(ends: Ends, log: Log): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop())
    await end().catch((error) => log.error({ err: error }, 'a part did not end in order'));
}
