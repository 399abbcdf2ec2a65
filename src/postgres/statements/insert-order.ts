import type { OrderEvent } from '../../orders/event.ts';
import type { Order } from '../../orders/order.ts';
import type { Statement, Value } from '../statement.ts';

/** A new order, its first event, the outbox row, and the check that is due when it expires. No row comes back when the number is taken. */
export const insertOrder: Statement = {
  name: 'order-insert',
  text: `
    with made as (
      insert into orders (merchant_id, id, account_id, merchant_order_no, content_hash, subject, body, amount_fen, status,
        version, store_id, terminal_id, operator_id, metadata, created_at, expires_at, last_hash)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
      on conflict (merchant_id, merchant_order_no) do nothing
      returning merchant_id, id, version, status, created_at, expires_at
    ), noted as (
      insert into order_events (merchant_id, order_id, version, status, id, type, occurred_at, data, prev_hash, hash)
      select merchant_id, id, version, status, $18, $19, $20, $21, $22, $23 from made
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, id, version from made
    ), due as (
      insert into checks (merchant_id, order_id, due_at, looked_at) select merchant_id, id, expires_at, created_at from made
    )
    select 1 from made`,
};

export function insertOrderValues(order: Order, event: OrderEvent): Value[] {
  return [
    order.merchantId,
    order.id,
    order.accountId,
    order.merchantOrderNo,
    order.contentHash,
    order.subject,
    order.body,
    order.amountFen.toString(),
    order.status,
    order.version,
    order.storeId,
    order.terminalId,
    order.operatorId,
    order.metadata,
    order.createdAt,
    order.expiresAt,
    order.lastHash,
    event.id,
    event.type,
    event.occurredAt,
    event.data,
    event.prevHash,
    event.hash,
  ];
}
