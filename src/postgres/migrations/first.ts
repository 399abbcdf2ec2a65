// The first schema. merchant_id comes first in every primary and unique key, so that tables can be
// distributed by it; the exceptions are what is looked up before the merchant is known.
//
// Foreign keys stand where they cost nearly nothing. None from orders to accounts: each new order would
// lock the same account row. None from order_events, outbox, notification_ids and evidence: they are
// written from the RETURNING of the order's own statement, and are to be partitioned by time.
import { Migration } from '@mikro-orm/migrations';

const orderStatuses = `('PENDING', 'PAID', 'SHIPPING', 'COMPLETED', 'CANCELLED', 'REFUNDED', 'RETURNED')`;
const verdicts = `('applied', 'stays', 'refused', 'late', 'second_payment', 'wrong_amount', 'wrong_seller', 'paid_before_order', 'unknown_order',
  'refused_fact')`;
const caseKinds = `('late', 'second_payment', 'wrong_amount', 'wrong_seller', 'paid_before_order', 'unknown_order', 'refused_fact')`;

export class FirstMigration extends Migration {
  override name = '0001-first';

  override up(): void {
    for (const sql of [...merchants, ...orders, ...messages, ...appendOnly]) this.addSql(sql);
  }
}

const merchants = [
  `create table merchants (
    id uuid primary key,
    name text not null,
    created_at timestamptz(3) not null
  )`,
  `create table accounts (
    merchant_id uuid not null references merchants (id),
    id uuid not null,
    seller_id text null constraint accounts_seller_id_key unique,
    primary key (merchant_id, id)
  )`,
  `create table apps (
    app_id text primary key,
    merchant_id uuid not null,
    account_id uuid not null,
    foreign key (merchant_id, account_id) references accounts (merchant_id, id)
  )`,
  `create index apps_account_idx on apps (merchant_id, account_id)`,
  `create table api_keys (
    merchant_id uuid not null references merchants (id),
    id uuid not null,
    hash bytea not null constraint api_keys_hash_key unique constraint api_keys_hash_check check (octet_length(hash) = 32),
    label text not null,
    created_at timestamptz(3) not null,
    primary key (merchant_id, id),
    constraint api_keys_label_key unique (merchant_id, label)
  )`,
  `create table settings (
    name text primary key,
    value text not null
  )`,
];

// An out_trade_no of up to 60 characters is the order's own number; a later one has 61 to 64.
const orders = [
  `create table orders (
    merchant_id uuid not null,
    id uuid not null,
    account_id uuid not null,
    merchant_order_no text not null constraint orders_number_check check (char_length(merchant_order_no) between 1 and 60),
    content_hash text not null constraint orders_content_hash_check check (char_length(content_hash) = 64),
    subject text not null,
    body text null,
    amount_fen bigint not null constraint orders_amount_check check (amount_fen > 0),
    refunded_fen bigint not null default 0 constraint orders_refunded_check check (refunded_fen >= 0),
    reserved_fen bigint not null default 0 constraint orders_reserved_check check (reserved_fen >= 0),
    status text not null constraint orders_status_check check (status in ${orderStatuses}),
    version int not null constraint orders_version_check check (version > 0),
    store_id text null,
    terminal_id text null,
    operator_id text null,
    metadata text null,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    paid_at timestamptz(3) null,
    paid_payment_id uuid null,
    last_hash text not null constraint orders_last_hash_check check (char_length(last_hash) = 64),
    primary key (merchant_id, id),
    constraint orders_number_key unique (merchant_id, merchant_order_no),
    constraint orders_refunds_fit_check check (refunded_fen + reserved_fen <= amount_fen)
  ) with (fillfactor = 85)`,
  `create table payments (
    merchant_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    method text not null constraint payments_method_check check (method in ('QR_CODE', 'AUTH_CODE', 'PAGE', 'WAP', 'APP')),
    status text not null constraint payments_status_check
      check (status in ('CREATED', 'AWAITING_BUYER', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'CLOSED')),
    amount_fen bigint not null constraint payments_amount_check check (amount_fen > 0),
    out_trade_no text not null constraint payments_out_trade_no_check check (char_length(out_trade_no) between 1 and 64),
    trade_no text null,
    qr_content text null,
    qr_expires_at timestamptz(3) null,
    failure_sub_code text null,
    failure_message text null,
    created_at timestamptz(3) not null,
    succeeded_at timestamptz(3) null,
    primary key (merchant_id, id),
    foreign key (merchant_id, order_id) references orders (merchant_id, id)
  ) with (fillfactor = 85)`,
  `create index payments_order_idx on payments (merchant_id, order_id, id)`,
  `create index payments_out_trade_no_idx on payments (merchant_id, out_trade_no)`,
  // No hot statement may repeat this predicate: it would make this index a way to find things.
  `create unique index payments_one_live_key on payments (merchant_id, order_id)
    where status in ('CREATED', 'AWAITING_BUYER', 'UNKNOWN')`,
  `create table refunds (
    merchant_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    refund_no text not null constraint refunds_number_check check (char_length(refund_no) between 1 and 64),
    amount_fen bigint not null constraint refunds_amount_check check (amount_fen > 0),
    reason text null,
    status text not null constraint refunds_status_check
      check (status in ('AWAITING_CONFIRMATION', 'PENDING', 'SUCCEEDED', 'FAILED', 'REJECTED')),
    failure_sub_code text null,
    failure_message text null,
    created_at timestamptz(3) not null,
    succeeded_at timestamptz(3) null,
    primary key (merchant_id, id),
    constraint refunds_number_key unique (merchant_id, order_id, refund_no),
    foreign key (merchant_id, order_id) references orders (merchant_id, id),
    foreign key (merchant_id, payment_id) references payments (merchant_id, id)
  )`,
  `create index refunds_order_idx on refunds (merchant_id, order_id, id)`,
  `create index refunds_payment_idx on refunds (merchant_id, payment_id)`,
];

const messages = [
  `create table order_events (
    merchant_id uuid not null,
    order_id uuid not null,
    version int not null constraint order_events_version_check check (version > 0),
    id uuid not null,
    type text not null,
    status text not null constraint order_events_status_check check (status in ${orderStatuses}),
    occurred_at timestamptz(3) not null,
    data text not null,
    evidence_id uuid null,
    prev_hash text not null constraint order_events_prev_hash_check check (char_length(prev_hash) = 64),
    hash text not null constraint order_events_hash_check check (char_length(hash) = 64),
    primary key (merchant_id, order_id, version)
  )`,
  // Rows live for milliseconds: vacuum by count, not by share, and leave nothing for a scan to step over.
  `create table outbox (
    merchant_id uuid not null,
    order_id uuid not null,
    version int not null,
    primary key (merchant_id, order_id, version)
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000, autovacuum_vacuum_cost_delay = 0)`,
  `create table notification_ids (
    merchant_id uuid not null,
    notify_id text not null,
    evidence_id uuid not null,
    primary key (merchant_id, notify_id)
  ) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
  `create table evidence (
    merchant_id uuid not null,
    id uuid not null,
    order_id uuid null,
    kind text not null constraint evidence_kind_check check (kind in ('notification', 'answer')),
    notify_id text null,
    received_at timestamptz(3) not null,
    bytes bytea not null,
    verdict text not null constraint evidence_verdict_check check (verdict in ${verdicts}),
    primary key (merchant_id, id)
  )`,
  `create unique index evidence_unknown_order_key on evidence (merchant_id, notify_id) where verdict = 'unknown_order'`,
  `create table cases (
    merchant_id uuid not null,
    id uuid not null,
    order_id uuid null,
    kind text not null constraint cases_kind_check check (kind in ${caseKinds}),
    amount_fen bigint not null constraint cases_amount_check check (amount_fen >= 0),
    out_trade_no text not null,
    trade_no text not null,
    evidence_id uuid not null,
    state text not null default 'OPEN' constraint cases_state_check check (state in ('OPEN', 'ACCEPTED', 'REFUNDED', 'CLOSED')),
    opened_at timestamptz(3) not null,
    primary key (merchant_id, id),
    constraint cases_trade_key unique (merchant_id, trade_no, kind),
    foreign key (merchant_id, order_id) references orders (merchant_id, id),
    foreign key (merchant_id, evidence_id) references evidence (merchant_id, id)
  )`,
  `create index cases_order_idx on cases (merchant_id, order_id, id)`,
  `create index cases_evidence_idx on cases (merchant_id, evidence_id)`,
];

const appendOnly = [
  `create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege'; end $$`,
  `create trigger order_events_append_only before update or delete or truncate on order_events
    for each statement execute function refuse_change()`,
  `create trigger evidence_append_only before update or delete or truncate on evidence
    for each statement execute function refuse_change()`,
];
