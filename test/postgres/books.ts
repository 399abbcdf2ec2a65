// A database of the test's own with an order store over it, and what its tests ask of both.
import { newUuid } from '../../src/ids.ts';
import { changeOf, draftOf, type Moment, putEvent, putOrder, putPayment, putRefund } from '../../src/orders/draft.ts';
import { hear } from '../../src/orders/hear.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import { newPayment, type Payment } from '../../src/orders/payment.ts';
import type { Change, Evidence, OrderStore } from '../../src/orders/ports.ts';
import type { Refund } from '../../src/orders/refund.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { freshDatabase } from '../support/database.ts';
import { newNumber, paidFact, sell, seller } from './sales.ts';

export interface Books {
  readonly url: string;
  readonly database: Database;
  readonly orders: OrderStore;
  /** An order that must be there. */
  found(id: string): Promise<WholeOrder>;
  sold(): Promise<WholeOrder>;
  soldMany(count: number): Promise<WholeOrder[]>;
  /** An order that has been sold and paid, as a notification says. */
  paid(amountFen?: bigint): Promise<WholeOrder>;
  /** How many rows each table has for one order. */
  rowsOf(orderId: string): Promise<Record<string, number>>;
  rows<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

const tables = [
  'orders',
  'payments',
  'refunds',
  'cases',
  'order_events',
  'outbox',
  'evidence',
  'notification_ids',
  'checks',
];

/** The rows of an order that nothing has happened to, and of one that a notification has paid. */
export const untouched = counts({ orders: 1, order_events: 1, outbox: 1, checks: 1 });
export const moved = counts({ orders: 1, payments: 1, order_events: 2, outbox: 2, evidence: 1, notification_ids: 1 });

function counts(some: Record<string, number>): Record<string, number> {
  return { ...Object.fromEntries(tables.map((table) => [table, 0])), ...some };
}

export async function openBooks(): Promise<Books> {
  const fresh = await freshDatabase();
  const database = await openDatabase({ url: fresh.url });
  const orders = postgresOrderStore(database);
  const rows = async <Row extends object>(sql: string, ...values: unknown[]) =>
    (await database.pool.query<Row>(sql, values)).rows;
  const found = async (id: string) => {
    const order = await orders.find(seller.merchantId, { id });
    if (order === undefined) throw new Error('not found');
    return order;
  };
  return {
    url: fresh.url,
    database,
    orders,
    found,
    rows,
    sold: async () => found((await sell(orders)).id),
    async soldMany(count) {
      const sold = await Promise.all(Array.from({ length: count }, () => sell(orders)));
      return Promise.all(sold.map(({ id }) => found(id)));
    },
    async paid(amountFen = 1_999n) {
      const order = await found((await sell(orders, { amountFen })).id);
      if ((await orders.write(hearing(order))) !== 'written') throw new Error('not written');
      return found(order.id);
    },
    async rowsOf(orderId) {
      const counted = tables.map(async (table) => {
        const [row] = await rows<{ n: number }>(`select count(*)::int as n from ${ofOrder(table)}`, orderId);
        return [table, row?.n ?? -1] as const;
      });
      return Object.fromEntries(await Promise.all(counted));
    },
    close: () => database.close().finally(fresh.drop),
  };
}

function ofOrder(table: string): string {
  if (table === 'notification_ids')
    return 'notification_ids n join evidence e on e.id = n.evidence_id where e.order_id = $1';
  return `${table} where ${table === 'orders' ? 'id' : 'order_id'} = $1`;
}

export function moment(evidenceId: string | null = null): Moment {
  return { now: new Date(), newId: newUuid, evidenceId, casePolicy: 'AUTO_REFUND' };
}

export function evidenceFor({ merchantId, id }: WholeOrder, fields: Partial<Evidence> = {}): Evidence {
  return {
    id: newUuid(new Date()),
    merchantId,
    orderId: id,
    kind: 'notification',
    notifyId: newNumber(),
    receivedAt: new Date(),
    bytes: Uint8Array.from([0, 255, 92, 10]),
    keyId: 'f'.repeat(64),
    verdict: 'applied',
    ...fields,
  };
}

export function paymentFor({ amountFen, merchantOrderNo }: WholeOrder, fields: Partial<Payment> = {}): Payment {
  const now = new Date();
  return newPayment({
    id: newUuid(now),
    method: 'QR_CODE',
    amountFen,
    outTradeNo: merchantOrderNo,
    createdAt: now,
    ...fields,
  });
}

export function refundFor(order: WholeOrder, fields: Partial<Refund> = {}): Refund {
  return {
    id: newUuid(new Date()),
    paymentId: order.paidPaymentId ?? '',
    refundNo: newNumber(),
    amountFen: 500n,
    reason: null,
    status: 'PENDING',
    failure: null,
    triedAt: null,
    createdAt: new Date(),
    succeededAt: null,
    heldUntil: null,
    ...fields,
  };
}

/** A change that puts these payments, with one event and its check left alone. */
export function putting(order: WholeOrder, payments: readonly Payment[]): Change {
  const draft = payments.reduce(putPayment, draftOf(order));
  return changeOf(putEvent(draft, moment(), { type: 'payment.precreated', data: {} }), null, undefined);
}

export function puttingRefunds(
  order: WholeOrder,
  refunds: readonly Refund[],
  { evidence = null, ...fields }: Partial<WholeOrder> & { evidence?: Evidence | null } = {},
): Change {
  const draft = refunds.reduce(putRefund, putOrder(draftOf(order), fields));
  return changeOf(putEvent(draft, moment(), { type: 'refund.requested', data: {} }), evidence, undefined);
}

/** What a notification that it is paid does to an order, after which nothing is left to do. */
export function hearing(order: WholeOrder, fields: Partial<Evidence> = {}): Change {
  const evidence = evidenceFor(order, fields);
  return changeOf(hear(order, paidFact(order), moment(evidence.id)).draft, evidence, null);
}
