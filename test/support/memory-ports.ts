// What the use cases stand on, in memory: a store that guards versions, a channel that follows a script.
import type { OrderEvent } from '../../src/orders/event.ts';
import type { Fact } from '../../src/orders/fact.ts';
import type { OrderRef, WholeOrder } from '../../src/orders/order.ts';
import type { ChannelAnswer, Inbox, OrderStore, PaymentChannel, PrecreateRequest } from '../../src/orders/ports.ts';

export interface MemoryStore extends OrderStore, Inbox {
  readonly orders: Map<string, WholeOrder>;
  readonly events: OrderEvent[];
  readonly recorded: { notifyId: string | null; verdict: string; kase: string | null }[];
  /** So many of the next writes lose a race that they did not run. */
  losing: number;
}

/** Keeps what PostgreSQL would: guarded by version, one order a number, a notification judged once. */
export function memoryStore(...given: WholeOrder[]): MemoryStore {
  const orders = new Map(given.map((order) => [order.id, order]));
  const byNumber = (merchantId: string, merchantOrderNo: string) =>
    [...orders.values()].find((one) => one.merchantId === merchantId && one.merchantOrderNo === merchantOrderNo);
  const store: MemoryStore = {
    orders,
    events: [],
    recorded: [],
    losing: 0,
    async insert(order, event) {
      const taken = byNumber(order.merchantId, order.merchantOrderNo);
      if (taken !== undefined) return { kind: 'number_taken', order: taken };
      orders.set(order.id, { ...order, payments: [], refunds: [], cases: [] });
      store.events.push(event);
      return { kind: 'inserted' };
    },
    async find(merchantId, ref: OrderRef) {
      const order = 'id' in ref ? orders.get(ref.id) : byNumber(merchantId, ref.merchantOrderNo);
      return order?.merchantId === merchantId ? order : undefined;
    },
    async write({ before, after, payments, refunds, cases, events, evidence }) {
      const current = orders.get(before.id);
      if (current === undefined || current.version !== before.version || store.losing-- > 0) return 'stale';
      const merge = <Item extends { readonly id: string }>(old: readonly Item[], changed: readonly Item[]) => [
        ...new Map([...old, ...changed].map((item) => [item.id, item])).values(),
      ];
      orders.set(before.id, {
        ...current,
        ...after,
        payments: merge(current.payments, payments),
        refunds: merge(current.refunds, refunds),
        cases: merge(current.cases, cases),
      });
      store.events.push(...events);
      if (evidence !== null) store.recorded.push({ ...evidence, kase: null });
      return 'written';
    },
    async look({ merchantId, outTradeNo, notifyId }) {
      const judged = store.recorded.some((one) => one.notifyId === notifyId && one.verdict !== 'unknown_order');
      return { judged, order: byNumber(merchantId, outTradeNo) };
    },
    async record(evidence, opened) {
      store.recorded.push({ ...evidence, kase: opened?.kind ?? null });
    },
  };
  return store;
}

type Script<Value> = ((request: PrecreateRequest) => Promise<ChannelAnswer<Value>>) | ChannelAnswer<Value>;

export interface ScriptedChannel extends PaymentChannel {
  readonly asked: PrecreateRequest[];
  readonly queried: string[];
}

/** Answers each precreate with the next line of the script (the last one again and again), a query with `fact`. */
export function scriptedChannel(lines: Script<{ qrContent: string }>[], fact?: ChannelAnswer<Fact>): ScriptedChannel {
  const asked: PrecreateRequest[] = [];
  const queried: string[] = [];
  return {
    asked,
    queried,
    async precreate(request) {
      const line = lines[Math.min(asked.length, lines.length - 1)];
      asked.push(request);
      if (line === undefined) throw new Error('the script has no line');
      return typeof line === 'function' ? line(request) : line;
    },
    async query(outTradeNo) {
      queried.push(outTradeNo);
      if (fact === undefined) throw new Error('the script has no answer to a query');
      return fact;
    },
  };
}

export const BYTES = new TextEncoder().encode('{"signed":true}');

export function accepted<Value>(value: Value): ChannelAnswer<Value> {
  return { kind: 'accepted', value, bytes: BYTES };
}

export function rejectedWith(subCode: string) {
  return { kind: 'rejected', subCode, message: `Alipay says ${subCode}` } as const;
}
