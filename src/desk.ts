// The desk: what the use cases stand on, made of adapters, and the loops that work on by themselves.
import { type AlipayChannel, alipayChannel } from './alipay/channel.ts';
import type { Config } from './config.ts';
import { authCodeHasher } from './credentials/auth-code-hash.ts';
import { submissionTokens } from './credentials/submission-tokens.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { EdgeNeeds } from './graphql/schema.ts';
import type { Metrics } from './http/metrics.ts';
import { newUuid } from './ids.ts';
import type { Log } from './log.ts';
import { checkOrder } from './orders/check-order.ts';
import type { HearNeeds } from './orders/hear-notification.ts';
import type { OrderStore } from './orders/ports.ts';
import { Turns } from './orders/turns.ts';
import type { WakeUps } from './orders/wake-ups.ts';
import { postgresCaseBook, postgresMerchantSettings } from './postgres/cases.ts';
import { postgresChecks } from './postgres/checks.ts';
import { postgresInbox } from './postgres/inbox.ts';
import { postgresOrderStore } from './postgres/order-store.ts';
import { postgresOutboxRelay } from './postgres/outbox-relay.ts';
import { listenForWakeUps } from './postgres/wake-ups.ts';
import { startChecker } from './worker/checker.ts';
import { type Relay, startRelay } from './worker/relay.ts';

export interface DeskParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly wakeUps: WakeUps;
  readonly ends: Ends;
}

/** Every subscription looks again this often, whatever became of the hints. */
const FLOOR_MS = 15_000;

export type Desk = EdgeNeeds & HearNeeds;

export async function openDesk(config: Config, parts: DeskParts): Promise<Desk> {
  const { base, wakeUps, ends } = parts;
  const { database, clock, secretKey, failpoints } = base;
  const relay = await startNews(parts);
  const channel = openChannel(config, parts);
  const settings = failpoints.wrap('settings', postgresMerchantSettings(database));
  const { appId } = base.account;
  const desk: Desk = {
    orders: announced(failpoints.wrap('orders', postgresOrderStore(database)), wakeUps, relay),
    inbox: failpoints.wrap('inbox', postgresInbox(database)),
    cases: failpoints.wrap('cases', postgresCaseBook(database)),
    checks: failpoints.wrap(
      'checks',
      postgresChecks(database, { appId, callsPerSecond: config.checksPerSecond, freshMs: config.checkIntervalMs }),
    ),
    settings,
    casePolicyOf: (merchantId) => settings.casePolicy(merchantId),
    channel: failpoints.wrap('channel', channel),
    clock,
    newId: newUuid,
    turns: new Turns(),
    asking: new Map(),
    pace: { checkIntervalMs: config.checkIntervalMs, jitter: Math.random },
    tokens: submissionTokens(secretKey),
    hashAuthCode: authCodeHasher(secretKey),
    authCodeDeadlineMs: config.authCodeDeadlineMs,
    returnUrl: `${publicUrlOf(config)}/alipay/return`,
    accountId: base.accountId,
  };
  startChecks(desk, parts);
  ends.push(() => channel.disconnect());
  return desk;
}

export function publicUrlOf({ publicUrl, port }: Config): string {
  return publicUrl ?? `http://localhost:${port}`;
}

function openChannel(config: Config, { base: { account, clock }, metrics }: DeskParts): AlipayChannel {
  return alipayChannel({
    account,
    notifyUrl: `${publicUrlOf(config)}/alipay/notify`,
    now: () => clock.now(),
    onCall: (call) => metrics.alipayCall(call),
  });
}

/** The sandbox's test clock moves ours, and hears when all that this made due has been done. */
function startChecks(desk: Desk, { base, log, ends, metrics }: DeskParts): void {
  const checker = startChecker({
    checks: desk.checks,
    check: async (taken) => metrics.check(await checkOrder(desk, taken)),
    now: () => desk.clock.now(),
    log,
  });
  base.onClockMoved(() => checker.settle());
  ends.push(() => checker.stop());
}

/** What is written is told at once to this process's subscribers, and to the relay for everybody else. */
function announced(store: OrderStore, wakeUps: WakeUps, relay: Relay): OrderStore {
  return {
    find: (merchantId, ref) => store.find(merchantId, ref),
    markTried: (merchantId, refundId, at) => store.markTried(merchantId, refundId, at),
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

async function startNews({ base, log, wakeUps, ends }: DeskParts): Promise<Relay> {
  const outbox = postgresOutboxRelay(base.database);
  const take = async (limit: number) => (await outbox.takeOutbox(limit)).length;
  const relay = startRelay(base.failpoints.wrap('outbox', { take }), log);
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
