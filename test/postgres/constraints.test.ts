// What the tables refuse, whatever the code above them does.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Books, openBooks, puttingRefunds, refundFor } from './books.ts';
import { sell } from './sales.ts';

let books: Books;

beforeAll(async () => {
  books = await openBooks();
  await sell(books.orders);
  const order = await books.paid();
  await books.orders.write(puttingRefunds(order, [refundFor(order)]));
  await books.rows(
    `insert into cases (merchant_id, id, kind, amount_fen, out_trade_no, trade_no, evidence_id, opened_at)
      select merchant_id, gen_random_uuid(), 'late', 1, 'o', 't', id, now() from evidence`,
  );
  await books.rows(`insert into merchants values (gen_random_uuid(), 'm', now())`);
});

afterAll(() => books?.close());

test.each([
  ['orders_number_check', `update orders set merchant_order_no = repeat('x', 61)`],
  ['orders_status_check', `update orders set status = 'DONE'`],
  ['orders_amount_check', `update orders set amount_fen = 0, refunded_fen = 0, reserved_fen = 0`],
  ['orders_version_check', `update orders set version = 0`],
  ['orders_refunds_fit_check', `update orders set refunded_fen = amount_fen, reserved_fen = 1`],
  ['orders_refunded_check', `update orders set refunded_fen = -1`],
  ['orders_reserved_check', `update orders set reserved_fen = -1`],
  ['orders_last_hash_check', `update orders set last_hash = 'short'`],
  [
    'payments_out_trade_no_check',
    `update payments set out_trade_no = replace(order_id::text, '-', '') || repeat('_', 33)`,
  ],
  ['payments_later_number_check', `update payments set out_trade_no = repeat('x', 61)`],
  ['payments_status_check', `update payments set status = 'PAID'`],
  ['payments_method_check', `update payments set method = 'CASH'`],
  ['payments_channel_end_check', `update payments set channel_end = 'over'`],
  ['payments_refunded_total_check', `update payments set refunded_total_fen = amount_fen + 1`],
  ['payments_refunded_total_check', `update payments set refunded_total_fen = -1`],
  ['refunds_status_check', `update refunds set status = 'DONE'`],
  ['refunds_amount_check', `update refunds set amount_fen = 0`],
  ['refunds_number_check', `update refunds set refund_no = repeat('x', 65)`],
  ['cases_policy_check', `update cases set policy = 'KEEP'`],
  ['cases_state_check', `update cases set state = 'DONE'`],
  ['merchants_case_policy_check', `update merchants set case_policy = 'KEEP'`],
  ['checks_tries_check', `update checks set tries = -1`],
])('%s refuses: %s', async (constraint, sql) => {
  await expect(books.rows(sql)).rejects.toMatchObject({ constraint });
});

test('history can not be rewritten', async () => {
  await expect(books.rows(`update order_events set data = '{}'`)).rejects.toThrow('append-only');
  await expect(books.rows(`delete from evidence`)).rejects.toThrow('append-only');
});
