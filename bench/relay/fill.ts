import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/postgres/database.ts';

const DATA = '{"amount":"8.88","method":"QR_CODE","outTradeNo":"T1-0001","tradeNo":"2026112322001400000000000001"}';
/** Of an order: as a sale has them. */
const VERSIONS = 4;

/** Orders with so many events in all, of so many merchants, none of which has left the outbox. */
export async function fill({ pool }: Database, events: number, merchants: number): Promise<void> {
  for (let n = 0; n < merchants; n += 1) {
    const merchantId = randomUUID();
    const account = randomUUID();
    const orders = events / merchants / VERSIONS;
    await pool.query(`insert into merchants (id, name, created_at) values ($1, 'bench', now())`, [merchantId]);
    await pool.query('insert into accounts (merchant_id, id) values ($1, $2)', [merchantId, account]);
    await pool.query('insert into merchant_feeds (merchant_id) values ($1)', [merchantId]);
    await pool.query(
      `insert into orders (merchant_id, id, account_id, merchant_order_no, content_hash, subject, amount_fen, status,
         version, created_at, expires_at, last_hash)
       select $1, gen_random_uuid(), $2, 'B-' || n, repeat('0', 64), 'bench', 888, 'PAID', ${VERSIONS}, now(), now(),
         repeat('0', 64)
       from generate_series(1, $3::int) n`,
      [merchantId, account, orders],
    );
    await pool.query(
      `insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, prev_hash, hash)
       select merchant_id, id, v, gen_random_uuid(), 'payment.succeeded', 'PAID', now(), $2, repeat('0', 64), repeat('0', 64)
       from orders, generate_series(1, ${VERSIONS}) v where merchant_id = $1`,
      [merchantId, DATA],
    );
    await pool.query(
      `insert into outbox (merchant_id, order_id, version)
       select merchant_id, order_id, version from order_events where merchant_id = $1`,
      [merchantId],
    );
  }
}
