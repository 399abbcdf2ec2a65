// Every way to pay and back: what the new kinds of payment carry, refunds that are tried again, cases with a
// rule, and the orders that somebody must look at again.
import { Migration } from '@mikro-orm/migrations';

export class SecondMigration extends Migration {
  override name = '0002-every-way';

  override up(): void {
    for (const sql of [...payments, ...refunds, ...cases, ...checks]) this.addSql(sql);
  }
}

const payments = [
  `alter table orders add column undo_at timestamptz(3) null`,
  `alter table payments rename column qr_content to offer`,
  `alter table payments rename column qr_expires_at to payable_until`,
  `alter table payments
    add column cancel_at timestamptz(3) null,
    add column code_hash text null,
    add column channel_end text null constraint payments_channel_end_check check (channel_end in ('closed', 'refunded')),
    add column refunded_total_fen bigint not null default 0
      constraint payments_refunded_total_check check (refunded_total_fen between 0 and amount_fen),
    add column failure_message_zh text null,
    add constraint payments_later_number_check
      check (char_length(out_trade_no) <= 60 or starts_with(out_trade_no, replace(order_id::text, '-', '') || '_'))`,
  `update payments p set failure_message_zh = failure_message, refunded_total_fen = coalesce((
    select sum(r.amount_fen) from refunds r
    where r.merchant_id = p.merchant_id and r.payment_id = p.id and r.status = 'SUCCEEDED'), 0)`,
];

const refunds = [
  `alter table refunds add column tried_at timestamptz(3) null, add column failure_message_zh text null`,
  `update refunds set failure_message_zh = failure_message where failure_message is not null`,
];

const cases = [
  `alter table merchants add column case_policy text not null default 'AUTO_REFUND'
    constraint merchants_case_policy_check check (case_policy in ('ACCEPT', 'AUTO_REFUND', 'HOLD'))`,
  `alter table cases
    add column policy text not null default 'HOLD'
      constraint cases_policy_check check (policy in ('ACCEPT', 'AUTO_REFUND', 'HOLD')),
    add column resolved_at timestamptz(3) null,
    add column note text null`,
  `create index cases_open_idx on cases (merchant_id, id) where state = 'OPEN'`,
];

// One row an order that somebody must look at again. It is narrow and short-lived, so that taking from it
// and the writes of the orders themselves don't get in each other's way.
const checks = [
  `create table checks (
    merchant_id uuid not null,
    order_id uuid not null,
    due_at timestamptz(3) not null,
    looked_at timestamptz(3) not null,
    tries int not null default 0 constraint checks_tries_check check (tries >= 0),
    taken_until timestamptz(3) null,
    primary key (merchant_id, order_id)
  ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0)`,
  `create index checks_due_idx on checks (due_at)`,
  `insert into checks (merchant_id, order_id, due_at, looked_at)
    select merchant_id, id, now(), created_at from orders where status = 'PENDING'`,
  // When the calls to the channel that have been made are paid for: the budget that all processes share.
  `alter table apps add column calls_paid_until timestamptz(3) not null default now()`,
];
