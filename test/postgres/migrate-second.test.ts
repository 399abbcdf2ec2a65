// A database of the first version, with its takings, becomes one of the second.
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WholeOrder } from '../../src/orders/order.ts';
import { postgresChecks } from '../../src/postgres/checks.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { initOrm } from '../../src/postgres/orm.ts';
import { bareDatabase, type FreshDatabase } from '../support/database.ts';
import { seller } from './sales.ts';

let fresh: FreshDatabase;
let sql: Client;
let database: Database;

const { merchantId, accountId } = seller;
const HASH = '0'.repeat(64);
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [PENDING, PAID, CANCELLED] = [id(101), id(102), id(103)];

/** A pending order with a live and a failed payment, a paid one with two refunds, a cancelled one with an open case. */
const takings = `
  insert into merchants values ('${merchantId}', 'default', '2026-01-01Z');
  insert into accounts values ('${merchantId}', '${accountId}', 's');
  insert into apps values ('app', '${merchantId}', '${accountId}');
  insert into orders (merchant_id, id, account_id, merchant_order_no, content_hash, subject, amount_fen, refunded_fen,
      status, version, created_at, expires_at, paid_at, paid_payment_id, last_hash) values
    ('${merchantId}', '${PENDING}', '${accountId}', 'A', '${HASH}', 'tea', 900, 0, 'PENDING', 1, '2026-01-01Z', '2026-01-02Z', null, null, '${HASH}'),
    ('${merchantId}', '${PAID}', '${accountId}', 'B', '${HASH}', 'tea', 900, 500, 'PAID', 4, '2026-01-01Z', '2026-01-02Z', '2026-01-01Z', '${id(3)}', '${HASH}'),
    ('${merchantId}', '${CANCELLED}', '${accountId}', 'C', '${HASH}', 'tea', 900, 0, 'CANCELLED', 2, '2026-01-01Z', '2026-01-02Z', null, null, '${HASH}');
  insert into payments (merchant_id, id, order_id, method, status, amount_fen, out_trade_no, trade_no, qr_content,
      qr_expires_at, failure_sub_code, failure_message, created_at) values
    ('${merchantId}', '${id(1)}', '${PENDING}', 'QR_CODE', 'FAILED', 900, 'A', null, null, null, 'SYSTEM_ERROR', 'busy', '2026-01-01Z'),
    ('${merchantId}', '${id(2)}', '${PENDING}', 'QR_CODE', 'AWAITING_BUYER', 900, 'A', null, 'https://qr/1', '2026-01-02Z', null, null, '2026-01-01Z'),
    ('${merchantId}', '${id(3)}', '${PAID}', 'QR_CODE', 'SUCCEEDED', 900, 'B', 't3', 'https://qr/2', '2026-01-02Z', null, null, '2026-01-01Z');
  insert into refunds (merchant_id, id, order_id, payment_id, refund_no, amount_fen, status, failure_message, created_at) values
    ('${merchantId}', '${id(11)}', '${PAID}', '${id(3)}', 'r1', 200, 'SUCCEEDED', null, '2026-01-01Z'),
    ('${merchantId}', '${id(12)}', '${PAID}', '${id(3)}', 'r2', 300, 'SUCCEEDED', null, '2026-01-01Z'),
    ('${merchantId}', '${id(13)}', '${PAID}', '${id(3)}', 'r3', 400, 'FAILED', 'no money', '2026-01-01Z');
  insert into evidence values ('${merchantId}', '${id(21)}', '${CANCELLED}', 'notification', 'n1', '2026-01-01Z', 'x', 'late');
  insert into cases (merchant_id, id, order_id, kind, amount_fen, out_trade_no, trade_no, evidence_id, opened_at) values
    ('${merchantId}', '${id(31)}', '${CANCELLED}', 'late', 900, 'C', 't9', '${id(21)}', '2026-01-01Z');`;

beforeAll(async () => {
  fresh = await bareDatabase();
  const orm = await initOrm({ url: fresh.url, poolMax: 1, statementTimeoutMs: 0, warn: () => {} });
  await orm.migrator.up({ to: '0001-first' });
  await orm.close();
  sql = new Client(fresh.url);
  await sql.connect();
  await sql.query(takings);
  expect(await migrate(fresh.url)).toContain('0002-every-way');
  database = await openDatabase({ url: fresh.url });
});

afterAll(async () => {
  await sql?.end();
  await database?.close();
  await fresh?.drop();
});

async function found(orderId: string): Promise<WholeOrder | undefined> {
  return postgresOrderStore(database).find(merchantId, { id: orderId });
}

test('codes become offers with the time until which they can be paid, failures speak both languages', async () => {
  const order = await found(PENDING);
  const fresh = { cancelAt: null, codeHash: null, channelEnd: null, refundedTotalFen: 0n };
  expect(order).toMatchObject({ status: 'PENDING', undoAt: null });
  expect(order?.payments).toMatchObject([
    { ...fresh, offer: null, failure: { subCode: 'SYSTEM_ERROR', message: 'busy', messageZh: 'busy' } },
    { ...fresh, offer: 'https://qr/1', payableUntil: new Date('2026-01-02Z'), failure: null },
  ]);
});

test('what has been given back so far is known of the payment', async () => {
  const order = await found(PAID);
  expect(order?.payments).toMatchObject([{ refundedTotalFen: 500n, tradeNo: 't3' }]);
  expect(order?.refunds).toMatchObject([
    { refundNo: 'r1', triedAt: null, failure: null },
    { refundNo: 'r2' },
    { refundNo: 'r3', failure: { message: 'no money', messageZh: 'no money' } },
  ]);
});

test('a case that is open waits for a person as before; new late money follows the merchant’s rule', async () => {
  const order = await found(CANCELLED);
  expect(order?.cases).toMatchObject([{ state: 'OPEN', policy: 'HOLD', resolvedAt: null, note: null }]);
  expect((await sql.query('select case_policy from merchants')).rows).toEqual([{ case_policy: 'AUTO_REFUND' }]);
});

test('pending orders, and they alone, are looked at at once', async () => {
  const checks = postgresChecks(database, { callsPerSecond: 10, freshMs: 0 });
  const taken = await checks.take(10, new Date());
  expect(taken).toMatchObject([{ orderId: PENDING, lookedAt: new Date('2026-01-01Z'), tries: 0 }]);
});
