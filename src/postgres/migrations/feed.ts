// The feed: a merchant's events in one order that every reader can follow. Positions are given by the relay under
// the lock of the merchant's row here, so that they become visible in order and a cursor never skips one.
import { Migration } from '@mikro-orm/migrations';

export class FeedMigration extends Migration {
  override name = '0003-feed';

  override up(): void {
    for (const sql of feed) this.addSql(sql);
  }
}

// No foreign keys to orders and events: the feed is written from their own rows, and is pruned by time.
const feed = [
  `alter table merchants add column event_retention_days int not null default 30
    constraint merchants_event_retention_check check (event_retention_days between 1 and 3650)`,
  `create table merchant_feeds (
    merchant_id uuid not null references merchants (id),
    last_position bigint not null default 0 constraint merchant_feeds_last_check check (last_position >= 0),
    pruned_position bigint not null default 0
      constraint merchant_feeds_pruned_check check (pruned_position between 0 and last_position),
    primary key (merchant_id)
  ) with (fillfactor = 50)`,
  `insert into merchant_feeds (merchant_id) select id from merchants`,
  `create table event_feed (
    merchant_id uuid not null,
    position bigint not null constraint event_feed_position_check check (position > 0),
    order_id uuid not null,
    version int not null,
    placed_at timestamptz(3) not null,
    primary key (merchant_id, position)
  )`,
  // What happened before there was a feed comes first, in the order in which it happened.
  `insert into event_feed (merchant_id, position, order_id, version, placed_at)
    select e.merchant_id, row_number() over (partition by e.merchant_id order by e.occurred_at, e.order_id, e.version),
      e.order_id, e.version, e.occurred_at
    from order_events e join merchants m on m.id = e.merchant_id
    where not exists (
      select from outbox o where o.merchant_id = e.merchant_id and o.order_id = e.order_id and o.version = e.version)`,
  `update merchant_feeds f set last_position = e.last from (
    select merchant_id, max(position) as last from event_feed group by merchant_id) e
    where e.merchant_id = f.merchant_id`,
  // A consumer inside the gateway, and how far it has read. Nothing that one of them still needs is pruned.
  `create table feed_readers (
    merchant_id uuid not null references merchants (id),
    name text not null,
    position bigint not null constraint feed_readers_position_check check (position >= 0),
    taken_until timestamptz(3) null,
    primary key (merchant_id, name)
  ) with (fillfactor = 50)`,
  `create index feed_readers_name_idx on feed_readers (name, merchant_id)`,
];
