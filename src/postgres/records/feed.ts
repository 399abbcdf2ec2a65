// A merchant's events in the order in which every reader sees them, and how far each reader is.
import { defineEntity, p } from '@mikro-orm/postgresql';

/** One row a merchant; its lock is what gives out positions one after the other. */
export const MerchantFeeds = defineEntity({
  name: 'MerchantFeeds',
  tableName: 'merchant_feeds',
  properties: {
    merchantId: p.uuid().primary(),
    lastPosition: p.bigint().defaultRaw('0'),
    /** Everything up to here is no longer kept. */
    prunedPosition: p.bigint().defaultRaw('0'),
  },
  checks: [
    { name: 'merchant_feeds_last_check', expression: 'last_position >= 0' },
    {
      name: 'merchant_feeds_pruned_check',
      expression: 'pruned_position >= 0 and pruned_position <= last_position',
    },
  ],
});

export const EventFeed = defineEntity({
  name: 'EventFeed',
  tableName: 'event_feed',
  properties: {
    merchantId: p.uuid().primary(),
    position: p.bigint().primary(),
    orderId: p.uuid(),
    version: p.integer(),
    placedAt: p.datetime(3),
  },
  checks: [{ name: 'event_feed_position_check', expression: 'position > 0' }],
});

/** A consumer inside the gateway (the broker, a webhook endpoint) and the position up to which it is served. */
export const FeedReaders = defineEntity({
  name: 'FeedReaders',
  tableName: 'feed_readers',
  properties: {
    merchantId: p.uuid().primary(),
    name: p.text().primary(),
    position: p.bigint(),
    takenUntil: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'feed_readers_name_idx', properties: ['name', 'merchantId'] }],
  checks: [{ name: 'feed_readers_position_check', expression: 'position >= 0' }],
});
