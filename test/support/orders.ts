// Builders and fakes for the pure ring: an order, what Alipay says of it, a store in memory, a channel with a script.
import type { CreateOrder } from '../../src/orders/create-order.ts';
import type { Moment } from '../../src/orders/draft.ts';
import { type OrderEvent, seal } from '../../src/orders/event.ts';
import type { Fact } from '../../src/orders/fact.ts';
import type { OrderRef, OrderStatus, WholeOrder } from '../../src/orders/order.ts';
import type { Payment } from '../../src/orders/payment.ts';
import type { ChannelAnswer, Inbox, OrderStore, PaymentChannel, PrecreateRequest } from '../../src/orders/ports.ts';

export const NOON = new Date('2026-11-23T12:00:00.000Z');
export const MERCHANT = '00000000-0000-7000-8000-0000000000aa';
export const ACCOUNT = '00000000-0000-7000-8000-0000000000bb';
export const TRADE = '2026112322001400000000000001';

let made = 0;

/** A fresh id; ids sort by the moment they were made. */
export function newId(): string {
  made += 1;
  return `00000000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

/** A clock that stands at noon until it is moved. */
export function standingClock() {
  let now = NOON;
  return {
    now: () => now,
    forward: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

export function at(evidenceId: string | null = newId()): Moment {
  return { now: NOON, newId, evidenceId };
}

export function anOrder(fields: Partial<WholeOrder> = {}): WholeOrder {
  const id = fields.id ?? newId();
  return {
    merchantId: MERCHANT,
    id,
    accountId: ACCOUNT,
    merchantOrderNo: 'A-1',
    contentHash: '',
    subject: 'Tea',
    body: null,
    amountFen: 999n,
    refundedFen: 0n,
    status: 'PENDING',
    version: 1,
    storeId: null,
    terminalId: null,
    operatorId: null,
    metadata: null,
    createdAt: NOON,
    expiresAt: new Date(NOON.getTime() + 30 * 60_000),
    paidAt: null,
    paidPaymentId: null,
    lastHash: '0'.repeat(64),
    payments: [],
    refunds: [],
    cases: [],
    ...fields,
  };
}

export function aPayment(fields: Partial<Payment> = {}): Payment {
  return {
    id: newId(),
    method: 'QR_CODE',
    status: 'AWAITING_BUYER',
    amountFen: 999n,
    outTradeNo: 'A-1',
    tradeNo: null,
    qrContent: 'https://qr.example/1',
    qrExpiresAt: new Date(NOON.getTime() + 30 * 60_000),
    failure: null,
    createdAt: NOON,
    succeededAt: null,
    ...fields,
  };
}

/** An order in `status` whose trade {@link TRADE} has paid it, where the status means that. */
export function orderIn(status: OrderStatus): WholeOrder {
  if (status === 'PENDING' || status === 'CANCELLED') return anOrder({ status });
  const payment = aPayment({ status: 'SUCCEEDED', tradeNo: TRADE, succeededAt: NOON });
  const paid = anOrder({ status, payments: [payment], paidAt: NOON, paidPaymentId: payment.id });
  if (status !== 'REFUNDED') return paid;
  const refund = {
    id: newId(),
    paymentId: payment.id,
    refundNo: 'R-1',
    amountFen: 999n,
    reason: null,
    status: 'SUCCEEDED' as const,
    failure: null,
    createdAt: NOON,
    succeededAt: NOON,
  };
  return { ...paid, refunds: [refund], refundedFen: 999n };
}

export function aFact(fields: Partial<Fact> = {}): Fact {
  return {
    outTradeNo: 'A-1',
    tradeNo: TRADE,
    amountFen: 999n,
    state: 'paid',
    paidAt: NOON,
    refund: null,
    sellerMatches: true,
    ...fields,
  };
}

/** A notice that `fen` have been given back in all. */
export function refunded(fen: bigint, refundNo: string | null = 'R-1', fields: Partial<Fact> = {}): Fact {
  return aFact({ ...fields, refund: { totalFen: fen, refundNo, refundedAt: NOON } });
}

export function anEvent(order: { id: string }, version: number, fields: Partial<OrderEvent> = {}): OrderEvent {
  const event = seal({
    id: newId(),
    merchantId: MERCHANT,
    orderId: order.id,
    version,
    type: 'payment.precreated',
    status: 'PENDING',
    occurredAt: NOON,
    data: {},
    evidenceId: null,
    prevHash: '0'.repeat(64),
  });
  return { ...event, ...fields };
}

export function aCommand(fields: Partial<CreateOrder> = {}): CreateOrder {
  return {
    merchantId: MERCHANT,
    accountId: ACCOUNT,
    merchantOrderNo: 'A-1',
    submissionToken: null,
    amountFen: 999n,
    subject: 'Tea',
    body: null,
    expiresInMinutes: 30,
    storeId: null,
    terminalId: null,
    operatorId: null,
    metadata: null,
    ...fields,
  };
}

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
