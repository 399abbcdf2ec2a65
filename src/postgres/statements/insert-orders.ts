// New orders of one merchant, as one statement; for one alone see insert-order.ts.
import type { OrderEvent } from '../../orders/event.ts';
import type { Order } from '../../orders/order.ts';
import type { Statement, Value } from '../statement.ts';

export interface NewOrder {
  readonly order: Order;
  readonly event: OrderEvent;
}

const orderTypes = {
  id: 'uuid',
  account_id: 'uuid',
  merchant_order_no: 'text',
  content_hash: 'text',
  subject: 'text',
  body: 'text',
  amount_fen: 'bigint',
  status: 'text',
  version: 'int',
  store_id: 'text',
  terminal_id: 'text',
  operator_id: 'text',
  metadata: 'text',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
  last_hash: 'text',
} as const;

const eventTypes = {
  event_id: 'uuid',
  type: 'text',
  occurred_at: 'timestamptz',
  data: 'text',
  prev_hash: 'text',
  hash: 'text',
} as const;

type Row = Record<keyof typeof orderTypes | keyof typeof eventTypes, Value>;

const orderNames = Object.keys(orderTypes).join(', ');
const given = Object.entries({ ...orderTypes, ...eventTypes }).map(([name, type]) => `${name} ${type}`);

/** The ids of the orders that were made. An order whose number is taken, here or by another of them, is missing. */
export const insertOrders: Statement = {
  name: 'orders-insert',
  text: `
    with given as materialized (
      select * from json_to_recordset($2::json) as given (${given.join(', ')})
    ), made as (
      insert into orders (merchant_id, ${orderNames}) select $1::uuid, ${orderNames} from given
      on conflict (merchant_id, merchant_order_no) do nothing
      returning merchant_id, id, version, status, created_at, expires_at
    ), noted as (
      insert into order_events (merchant_id, order_id, version, status, id, type, occurred_at, data, prev_hash, hash)
      select m.merchant_id, m.id, m.version, m.status, g.event_id, g.type, g.occurred_at, g.data, g.prev_hash, g.hash
      from made m join given g on g.id = m.id
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, id, version from made
    ), due as (
      insert into checks (merchant_id, order_id, due_at, looked_at) select merchant_id, id, expires_at, created_at from made
    )
    select id from made`,
};

/** Sorted by number: two statements that wait for each other's numbers would be a deadlock. */
export function insertOrdersValues(merchantId: string, orders: readonly NewOrder[]): Value[] {
  const rows = orders.map(rowOf).sort((one, other) => compare(one.merchant_order_no, other.merchant_order_no));
  return [merchantId, JSON.stringify(rows)];
}

function compare(one: string, other: string): number {
  return Number(one > other) - Number(one < other);
}

function rowOf({ order, event }: NewOrder): Row & { readonly merchant_order_no: string } {
  return {
    id: order.id,
    account_id: order.accountId,
    merchant_order_no: order.merchantOrderNo,
    content_hash: order.contentHash,
    subject: order.subject,
    body: order.body,
    amount_fen: order.amountFen.toString(),
    status: order.status,
    version: order.version,
    store_id: order.storeId,
    terminal_id: order.terminalId,
    operator_id: order.operatorId,
    metadata: order.metadata,
    created_at: order.createdAt,
    expires_at: order.expiresAt,
    last_hash: order.lastHash,
    event_id: event.id,
    type: event.type,
    occurred_at: event.occurredAt,
    data: event.data,
    prev_hash: event.prevHash,
    hash: event.hash,
  };
}
