// What the use cases stand on, in memory: a store that guards versions, a channel that follows a script.
import type { Check } from '../../src/orders/agenda.ts';
import type { CasePolicy } from '../../src/orders/case.ts';
import type { OrderEvent } from '../../src/orders/event.ts';
import type { DeskNeeds } from '../../src/orders/needs.ts';
import { FREE, type Judgement, type OperationStep } from '../../src/orders/operation.ts';
import { type OrderRef, type WholeOrder } from '../../src/orders/order.ts';
import type { PaymentOutcome } from '../../src/orders/outcomes.ts';
import type {
  ChannelAnswer,
  Checks,
  Inbox,
  OrderStore,
  PaymentChannel,
  PaymentRequest,
  Taken,
} from '../../src/orders/ports.ts';
import { isOpenRefund } from '../../src/orders/refund.ts';
import { Turns } from '../../src/orders/turns.ts';
import { applied, holdConstraints } from './memory-write.ts';
import { MERCHANT, newId, standingClock } from './orders.ts';

export interface MemoryStore extends OrderStore, Inbox {
  readonly orders: Map<string, WholeOrder>;
  readonly events: OrderEvent[];
  /** What became of the operations that refunds are. */
  readonly steps: OperationStep[];
  readonly recorded: { notifyId: string | null; verdict: string; kase: string | null }[];
  readonly checks: Checks & { readonly rows: Map<string, Check>; readonly taken: Set<string> };
  /** So many of the next writes lose a race that they did not run. */
  losing: number;
}

/** Keeps what PostgreSQL would: guarded by version, one order a number, a notification judged once. */
export function memoryStore(...given: WholeOrder[]): MemoryStore {
  const orders = new Map(given.map((order) => [order.id, order]));
  const checks = memoryChecks(orders);
  const byNumber = (merchantId: string, merchantOrderNo: string) =>
    [...orders.values()].find((one) => one.merchantId === merchantId && one.merchantOrderNo === merchantOrderNo);
  const store: MemoryStore = {
    orders,
    events: [],
    steps: [],
    recorded: [],
    checks,
    losing: 0,
    async insert(order, event) {
      const taken = byNumber(order.merchantId, order.merchantOrderNo);
      if (taken !== undefined) return { kind: 'number_taken', order: taken };
      orders.set(order.id, { ...order, payments: [], refunds: [], cases: [] });
      checks.rows.set(order.id, { dueAt: order.expiresAt, lookedAt: order.createdAt, tries: 0 });
      store.events.push(event);
      return { kind: 'inserted' };
    },
    async find(merchantId, ref: OrderRef) {
      const order = 'id' in ref ? orders.get(ref.id) : byNumber(merchantId, ref.merchantOrderNo);
      return order?.merchantId === merchantId ? order : undefined;
    },
    async write(change) {
      const { before, events, evidence, check } = change;
      const current = orders.get(before.id);
      if (current === undefined || current.version !== before.version || store.losing-- > 0) return 'stale';
      const written = applied(current, change);
      holdConstraints(written, evidence === null && change.refunds.some(isOpenRefund));
      orders.set(before.id, written);
      store.events.push(...events);
      if (change.step !== null) store.steps.push(change.step);
      // Who has taken a check that is gone has nothing any more.
      if (check === null && checks.rows.delete(before.id)) checks.taken.delete(before.id);
      else if (check) checks.rows.set(before.id, check);
      if (evidence !== null) store.recorded.push({ ...evidence, kase: null });
      return 'written';
    },
    async markTried(_merchantId, refundId, at) {
      for (const order of orders.values()) {
        const refunds = order.refunds.map((one) => (one.id === refundId ? { ...one, triedAt: at } : one));
        orders.set(order.id, { ...order, refunds });
      }
    },
    async look({ merchantId, outTradeNo, notifyId }) {
      const judged = store.recorded.some((one) => one.notifyId === notifyId && one.verdict !== 'unknown_order');
      const order = [...orders.values()].find(
        (one) =>
          one.merchantId === merchantId &&
          (one.merchantOrderNo === outTradeNo || one.payments.some((payment) => payment.outTradeNo === outTradeNo)),
      );
      return { judged, order };
    },
    async record(evidence, opened) {
      store.recorded.push({ ...evidence, kase: opened?.kind ?? null });
    },
  };
  return store;
}

function memoryChecks(orders: ReadonlyMap<string, WholeOrder>): MemoryStore['checks'] {
  const rows = new Map<string, Check>();
  const taken = new Set<string>();
  const take = (orderId: string, check: Check): Taken => {
    taken.add(orderId);
    return { ...check, merchantId: orders.get(orderId)?.merchantId ?? MERCHANT, orderId };
  };
  return {
    rows,
    taken,
    async take(limit, now) {
      const due = [...rows].filter(([id, { dueAt }]) => dueAt <= now && !taken.has(id)).slice(0, limit);
      return due.map(([id, check]) => take(id, check));
    },
    async takeOne(_merchantId, orderId) {
      const [check, order] = [rows.get(orderId), orders.get(orderId)];
      return check && order && !taken.has(orderId) ? { ...take(orderId, check), order } : undefined;
    },
    async putBack({ orderId, dueAt, lookedAt }, next) {
      taken.delete(orderId);
      const row = rows.get(orderId);
      const mine = row?.dueAt.getTime() === dueAt.getTime() && row.lookedAt.getTime() === lookedAt.getTime();
      if (!mine) return;
      if (next === null) rows.delete(orderId);
      else rows.set(orderId, next);
    },
    async hurry(_merchantId, orderIds, now) {
      for (const orderId of orderIds) {
        const check = rows.get(orderId);
        if (check !== undefined && check.dueAt > now && !taken.has(orderId))
          rows.set(orderId, { ...check, dueAt: now });
      }
    },
  };
}

type Line<Asked extends unknown[], Value> = ((...asked: Asked) => Promise<ChannelAnswer<Value>>) | ChannelAnswer<Value>;

/** For each call its lines; the last one is said again and again. */
export type Script = {
  readonly [Call in Exclude<keyof PaymentChannel, 'offer'>]?: readonly Line<
    Parameters<PaymentChannel[Call]>,
    Awaited<ReturnType<PaymentChannel[Call]>> extends ChannelAnswer<infer Value> ? Value : never
  >[];
};

export interface ScriptedChannel extends PaymentChannel {
  readonly asked: PaymentRequest[];
  readonly queried: string[];
  /** Every call by name, in order. */
  readonly calls: string[];
}

/** Answers each call with the next line of its script. A call without one is a mistake of the test. */
export function scriptedChannel(script: Script): ScriptedChannel {
  const asked: PaymentRequest[] = [];
  const queried: string[] = [];
  const calls: string[] = [];
  async function say<Asked extends unknown[], Value>(
    name: string,
    lines: readonly Line<Asked, Value>[] | undefined,
    ...question: Asked
  ): Promise<ChannelAnswer<Value>> {
    const said = calls.filter((call) => call === name).length;
    calls.push(name);
    const line = lines?.[Math.min(said, lines.length - 1)];
    if (line === undefined) throw new Error(`the script has no line for ${name}`);
    return typeof line === 'function' ? line(...question) : line;
  }
  return {
    asked,
    queried,
    calls,
    precreate: (request) => {
      asked.push(request);
      return say('precreate', script.precreate, request);
    },
    pay: (request) => {
      asked.push(request);
      return say('pay', script.pay, request);
    },
    offer: ({ method, outTradeNo }) => `https://alipay.example/${method}/${outTradeNo}`,
    query: (outTradeNo) => {
      queried.push(outTradeNo);
      return say('query', script.query, outTradeNo);
    },
    close: (outTradeNo) => say('close', script.close, outTradeNo),
    cancel: (outTradeNo) => say('cancel', script.cancel, outTradeNo),
    refund: (request) => say('refund', script.refund, request),
    queryRefund: (request) => say('queryRefund', script.queryRefund, request),
  };
}

/** A desk over a memory store: everything that a use case may need. */
export function aDesk(store: MemoryStore, channel: PaymentChannel, clock = standingClock()) {
  return {
    orders: store,
    checks: store.checks,
    channel,
    channelOf: async () => channel,
    clock,
    newId,
    turns: new Turns(),
    pace: { checkIntervalMs: 3_000 },
    casePolicyOf: async (): Promise<CasePolicy> => 'AUTO_REFUND',
    judgeRefund: async (): Promise<Judgement> => FREE,
    asking: new Map<string, Promise<PaymentOutcome>>(),
  } satisfies DeskNeeds & { asking: Map<string, unknown>; channel: PaymentChannel };
}

export const KEY_ID = 'f'.repeat(64);
export const BYTES = new TextEncoder().encode('{"signed":true}');

export function accepted<Value>(value: Value): ChannelAnswer<Value> {
  return { kind: 'accepted', value, bytes: BYTES, keyId: KEY_ID };
}

export function rejectedWith(subCode: string) {
  const message = `Alipay says ${subCode}`;
  return { kind: 'rejected', subCode, message, messageZh: message } as const;
}

export const UNKNOWN = { kind: 'unknown', reason: 'timeout' } as const;
export const NOT_SENT = { kind: 'not_sent', reason: 'ECONNREFUSED' } as const;
