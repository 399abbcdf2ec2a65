// Rows enough that an index is worth it.
import { seller } from './sales.ts';

export const ORDERS = 20_000;

const { merchantId, accountId } = seller;

/** Orders of one merchant with a payment and a check each, every tenth refunded, every third still PENDING, cases mostly over. */
export const load = `
  insert into merchants (id, name, created_at) select gen_random_uuid(), n::text, now() from generate_series(1, 500) n;
  insert into merchants (id, name, created_at) values ('${merchantId}', 'default', now());
  insert into accounts (merchant_id, id) values ('${merchantId}', '${accountId}');
  insert into apps (app_id, merchant_id, account_id) select n::text, '${merchantId}', '${accountId}' from generate_series(1, 500) n;
  insert into api_keys select '${merchantId}', gen_random_uuid(), sha256(n::text::bytea), n::text, now()
    from generate_series(1, 2000) n;
  insert into orders (merchant_id, id, account_id, merchant_order_no, content_hash, subject, amount_fen, status, version,
      store_id, created_at, expires_at, last_hash)
    select '${merchantId}', lpad(to_hex(n), 32, '0')::uuid, '${accountId}', 'n' || n, repeat('0', 64), 's', 9,
      case when n % 3 = 0 then 'PENDING' else 'PAID' end, 2, 's' || n % 4, now(), now(), repeat('0', 64)
    from generate_series(1, ${ORDERS}) n;
  insert into payments (merchant_id, id, order_id, method, status, amount_fen, out_trade_no, trade_no, created_at)
    select merchant_id, gen_random_uuid(), id, 'QR_CODE', case status when 'PAID' then 'SUCCEEDED' else 'AWAITING_BUYER' end,
      9, merchant_order_no, 't' || merchant_order_no, now() from orders;
  insert into refunds (merchant_id, id, order_id, payment_id, refund_no, amount_fen, status, created_at)
    select merchant_id, gen_random_uuid(), order_id, id, 'r', 9, 'PENDING', now() from payments where order_id::text like '%5';
  insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, prev_hash, hash)
    select merchant_id, id, v, gen_random_uuid(), 't', status, now(), '{}', repeat('0', 64), repeat('0', 64)
    from orders, generate_series(1, 2) v;
  insert into evidence select merchant_id, gen_random_uuid(), order_id, 'notification', out_trade_no, now(), 'x', 'applied'
    from payments;
  insert into notification_ids select merchant_id, notify_id, id from evidence;
  insert into cases (merchant_id, id, order_id, kind, amount_fen, out_trade_no, trade_no, evidence_id, state, opened_at, resolved_at)
    select merchant_id, gen_random_uuid(), order_id, 'late', 9, 'o', notify_id, id,
      case when notify_id like '%00' then 'OPEN' else 'CLOSED' end, now(), case when notify_id like '%00' then null else now() end
    from evidence;
  insert into merchant_feeds (merchant_id, last_position) values ('${merchantId}', ${2 * ORDERS});
  insert into event_feed select merchant_id, row_number() over (), order_id, version, now() from order_events;
  insert into feed_readers select id, 'broker', 0 from merchants;
  insert into checks (merchant_id, order_id, due_at, looked_at)
    select merchant_id, id, now() + substr(merchant_order_no, 2)::int * interval '1 second', now() from orders`;
