// Webhooks: where merchants want to be told, what is owed to them, and what came of each attempt.
import { Migration } from '@mikro-orm/migrations';

export class WebhooksMigration extends Migration {
  override name = '0004-webhooks';

  override up(): void {
    for (const sql of [...endpoints, ...deliveries, ...queue]) this.addSql(sql);
  }
}

// A merchant has twenty places for endpoints, so that no race makes a twenty-first.
const endpoints = [
  `create table webhook_endpoints (
    merchant_id uuid not null references merchants (id),
    id uuid not null,
    place int not null constraint webhook_endpoints_place_check check (place between 1 and 20),
    url text not null constraint webhook_endpoints_url_check check (char_length(url) between 1 and 2000),
    description text null,
    event_types text[] null,
    secret text not null,
    old_secret text null,
    old_until timestamptz(3) null,
    created_at timestamptz(3) not null,
    disabled_at timestamptz(3) null,
    disabled_reason text null
      constraint webhook_endpoints_disabled_reason_check check (disabled_reason in ('MERCHANT', 'GONE', 'FAILING')),
    failures int not null default 0 constraint webhook_endpoints_failures_check check (failures >= 0),
    failing_since timestamptz(3) null,
    rests_until timestamptz(3) null,
    primary key (merchant_id, id),
    constraint webhook_endpoints_place_key unique (merchant_id, place),
    constraint webhook_endpoints_disabled_check check ((disabled_at is null) = (disabled_reason is null))
  ) with (fillfactor = 50)`,
];

// A delivery is an event of an order, which is read where it lies, or a body of its own.
const deliveries = [
  `create table webhook_deliveries (
    merchant_id uuid not null,
    id uuid not null,
    endpoint_id uuid not null,
    event_id uuid not null,
    event_type text not null,
    order_id uuid null,
    version int null,
    body text null,
    status text not null constraint webhook_deliveries_status_check check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
    created_at timestamptz(3) not null,
    finished_at timestamptz(3) null,
    primary key (merchant_id, id),
    constraint webhook_deliveries_content_check
      check ((body is null) = (order_id is not null) and (order_id is null) = (version is null)),
    constraint webhook_deliveries_finished_check check ((status = 'PENDING') = (finished_at is null))
  )`,
  `create index webhook_deliveries_endpoint_idx on webhook_deliveries (merchant_id, endpoint_id, id)`,
  `create index webhook_deliveries_order_idx on webhook_deliveries (merchant_id, order_id, id)`,
  `create index webhook_deliveries_status_idx on webhook_deliveries (merchant_id, status, id)`,
  `create table webhook_attempts (
    merchant_id uuid not null,
    delivery_id uuid not null,
    number int not null constraint webhook_attempts_number_check check (number > 0),
    at timestamptz(3) not null,
    status_code int null,
    latency_ms int not null,
    answer text null constraint webhook_attempts_answer_check check (char_length(answer) <= 1024),
    reason text null,
    primary key (merchant_id, delivery_id, number),
    foreign key (merchant_id, delivery_id) references webhook_deliveries (merchant_id, id) on delete cascade
  )`,
];

// One row a pending delivery. Those of one lane, an order, go one after another; it is narrow and short-lived.
const queue = [
  `create table webhook_queue (
    merchant_id uuid not null,
    endpoint_id uuid not null,
    lane uuid not null,
    turn int not null,
    delivery_id uuid not null,
    due_at timestamptz(3) not null,
    tries int not null default 0 constraint webhook_queue_tries_check check (tries >= 0),
    taken_until timestamptz(3) null,
    primary key (merchant_id, endpoint_id, lane, turn)
  ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0)`,
  `create index webhook_queue_due_idx on webhook_queue (merchant_id, endpoint_id, due_at)`,
  `create index webhook_queue_taken_idx on webhook_queue (merchant_id, endpoint_id, taken_until)`,
];
