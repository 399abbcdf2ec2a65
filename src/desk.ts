// The desk: what the use cases stand on, made of adapters, and the loops that work on by themselves.
import type { Config } from './config.ts';
import { openConfirmations, startExpiry } from './confirmation-desk.ts';
import { hashApiKey, newApiKey, prefixOf } from './credentials/api-keys.ts';
import { authCodeHasher } from './credentials/auth-code-hash.ts';
import { submissionTokens } from './credentials/submission-tokens.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { EdgeNeeds } from './graphql/schema.ts';
import type { Metrics } from './http/metrics.ts';
import { newUuid } from './ids.ts';
import type { Log } from './log.ts';
import { type MerchantDesk, openMerchants } from './merchant-desk.ts';
import { judgeRefund } from './merchants/judge-refund.ts';
import { type AskSecondPerson, secondPerson } from './merchants/second-person.ts';
import { type News, startNews } from './news.ts';
import { checkOrder } from './orders/check-order.ts';
import { FreshOrders } from './orders/fresh-orders.ts';
import type { HearNeeds } from './orders/hear-notification.ts';
import type { DeskNeeds } from './orders/needs.ts';
import type { OrderStore } from './orders/ports.ts';
import { Turns } from './orders/turns.ts';
import type { WakeUps } from './orders/wake-ups.ts';
import { postgresApiKeyBook } from './postgres/api-key-book.ts';
import { postgresAuditLog } from './postgres/audit-notes.ts';
import { postgresCaseBook, postgresMerchantSettings } from './postgres/cases.ts';
import { postgresChecks } from './postgres/checks.ts';
import { postgresInbox } from './postgres/inbox.ts';
import { postgresOrderStore } from './postgres/order-store.ts';
import { analyzeOutgrown } from './postgres/statistics.ts';
import { openWebhooks } from './webhook-desk.ts';
import { startAnalyst } from './worker/analyst.ts';
import { startChecker } from './worker/checker.ts';

export interface DeskParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly wakeUps: WakeUps;
  readonly ends: Ends;
}

export type Desk = EdgeNeeds & HearNeeds & Pick<MerchantDesk, 'findApp' | 'isSuspended'>;

export async function openDesk(config: Config, parts: DeskParts): Promise<Desk> {
  const { base, ends } = parts;
  const { database, clock, secretKey, otherSecretKeys, failpoints } = base;
  const news = await startNews(config, parts);
  const fresh = new FreshOrders();
  const settings = failpoints.wrap('settings', postgresMerchantSettings(database));
  const confirmations = openConfirmations(base);
  const asksSecondPerson: AskSecondPerson = (caller, change) => secondPerson(confirmations, caller, change);
  const notifyUrl = `${publicUrlOf(config)}/alipay/notify`;
  const merchants = await openMerchants(config, { ...parts, notifyUrl, secondPerson: asksSecondPerson });
  const desk: Omit<Desk, 'confirmations'> = {
    orders: announced(failpoints.wrap('orders', postgresOrderStore(database)), news, fresh),
    fresh: (merchantId, ref) => fresh.take(merchantId, ref),
    inbox: failpoints.wrap('inbox', postgresInbox(database)),
    cases: failpoints.wrap('cases', postgresCaseBook(database)),
    checks: failpoints.wrap(
      'checks',
      postgresChecks(database, { callsPerSecond: config.checksPerSecond, freshMs: config.checkIntervalMs }),
    ),
    settings,
    casePolicyOf: (merchantId) => settings.casePolicy(merchantId),
    judgeRefund: (asked) => judgeRefund(confirmations, asked),
    ...merchants,
    clock,
    newId: newUuid,
    turns: new Turns(),
    asking: new Map(),
    pace: { checkIntervalMs: config.checkIntervalMs, jitter: Math.random },
    tokens: submissionTokens(secretKey, otherSecretKeys),
    hashAuthCode: authCodeHasher(secretKey),
    authCodeDeadlineMs: config.authCodeDeadlineMs,
    returnUrl: `${publicUrlOf(config)}/alipay/return`,
    webhooks: { ...openWebhooks(config, { ...parts, news }), confirmations },
    keys: {
      apiKeys: postgresApiKeyBook(database),
      newApiKey,
      hashApiKey,
      prefixOf,
      clock,
      newId: newUuid,
      secondPerson: asksSecondPerson,
    },
    auditLog: postgresAuditLog(database),
  };
  if (config.role !== 'gateway') {
    startChecks(desk, parts);
    startExpiry(confirmations, parts.log, ends);
    const analyst = startAnalyst(() => analyzeOutgrown(database), parts.log);
    ends.push(() => analyst.stop());
  }
  ends.push(() => merchants.disconnect());
  return { ...desk, confirmations: { ...confirmations, desk } };
}

export function publicUrlOf({ publicUrl, port }: Config): string {
  return publicUrl ?? `http://localhost:${port}`;
}

/** The sandbox's test clock moves ours, and hears when all that this made due has been done. */
function startChecks(desk: DeskNeeds, { base, log, ends, metrics }: DeskParts): void {
  const checker = startChecker({
    checks: desk.checks,
    check: async (taken) => metrics.check(await checkOrder(desk, taken)),
    now: () => desk.clock.now(),
    log,
  });
  base.onClockMoved(() => checker.settle());
  ends.push(() => checker.stop());
}

/**
 * What is written is told at once to this process's subscribers, and to the relay for everybody else; what is new need not be
 * read by who asks for its code.
 */
function announced(store: OrderStore, news: News, fresh: FreshOrders): OrderStore {
  return {
    find: (merchantId, ref) => store.find(merchantId, ref),
    markTried: (merchantId, refundId, at) => store.markTried(merchantId, refundId, at),
    async insert(order, event) {
      const inserted = await store.insert(order, event);
      if (inserted.kind !== 'inserted') return inserted;
      fresh.keep(order);
      news.written(order, [event]);
      return inserted;
    },
    async write(change) {
      fresh.drop(change.after);
      const written = await store.write(change);
      if (written === 'stale') return written;
      news.written(change.after, change.events);
      return written;
    },
  };
}
