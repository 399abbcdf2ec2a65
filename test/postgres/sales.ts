// Orders as the use cases make them, for tests that need some in the database.
import { randomBytes } from 'node:crypto';
import { newUuid } from '../../src/ids.ts';
import { type CreateOrder, createOrder } from '../../src/orders/create-order.ts';
import type { Fact } from '../../src/orders/fact.ts';
import { type HearNeeds, hearNotification, type Notice } from '../../src/orders/hear-notification.ts';
import type { Order } from '../../src/orders/order.ts';
import type { Clock, OrderStore } from '../../src/orders/ports.ts';
import { Turns } from '../../src/orders/turns.ts';
import type { Database } from '../../src/postgres/database.ts';
import { postgresFeed } from '../../src/postgres/feed.ts';

export const systemClock: Clock = { now: () => new Date() };

/** A merchant and an account: no order's row refers to theirs. */
export const seller = {
  merchantId: '01900000-0000-7000-8000-000000000001',
  accountId: '01900000-0000-7000-8000-00000000000a',
};

export function newNumber(): string {
  return `T-${randomBytes(9).toString('hex')}`;
}

export function saleOf(fields: Partial<CreateOrder> = {}): CreateOrder {
  return {
    ...seller,
    merchantOrderNo: newNumber(),
    submissionToken: null,
    amountFen: 1_999n,
    subject: '一杯咖啡',
    body: null,
    expiresInMinutes: 30,
    storeId: null,
    terminalId: null,
    operatorId: null,
    metadata: null,
    ...fields,
  };
}

/** Makes an order, and expects it to be made. */
export async function sell(orders: OrderStore, fields: Partial<CreateOrder> = {}, clock = systemClock): Promise<Order> {
  const tokens = { issue: () => '', read: () => undefined };
  const outcome = await createOrder({ orders, clock, newId: newUuid, tokens }, saleOf(fields));
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  return outcome.order;
}

/** What Alipay says of an order that has just been paid. */
export function paidFact(order: Order, fields: Partial<Fact> = {}): Fact {
  return {
    outTradeNo: order.merchantOrderNo,
    tradeNo: `2026${order.id.replaceAll('-', '').slice(0, 24)}`,
    amountFen: order.amountFen,
    state: 'paid',
    paidAt: order.createdAt,
    refund: null,
    sellerMatches: true,
    ...fields,
  };
}

export function noticeOf(order: Order, fields: Partial<Notice> = {}): Notice {
  const { merchantId, accountId } = order;
  return {
    merchantId,
    accountId,
    notifyId: randomBytes(17).toString('hex'),
    fact: paidFact(order),
    bytes: Buffer.from('trade_status=TRADE_SUCCESS&sign=…'),
    keyId: 'f'.repeat(64),
    ...fields,
  };
}

/** As one process hears it: each call has turns of its own, as separate processes do. */
export function hearAlone({ orders, inbox }: Pick<HearNeeds, 'orders' | 'inbox'>, notice: Notice) {
  const alone = { turns: new Turns(), clock: systemClock, newId: newUuid, pace: { checkIntervalMs: 3_000 } };
  return hearNotification({ ...alone, orders, inbox, casePolicyOf: async () => 'AUTO_REFUND' }, notice);
}

/** So many days, at the word of `key-1`. */
export async function keepEvents(database: Database, merchantId: string, days: number): Promise<void> {
  const at = new Date();
  await postgresFeed(database).keepFor(merchantId, days, { id: newUuid(at), actor: 'key-1', at });
}
