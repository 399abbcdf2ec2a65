// The way from the feeds to a broker that fails as it likes; the places are in memory, the leases can be stolen.
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { FeedPlace, FeedPlaces } from '../../src/deliveries/feed-places.ts';
import type { PlacedEvent } from '../../src/orders/feed.ts';
import { type Publisher, startPublisher } from '../../src/worker/publisher.ts';
import { anEvent } from '../support/orders.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
const started: Publisher[] = [];

afterEach(async () => {
  for (const publisher of started.splice(0)) await publisher.stop();
});

/** Feeds of so many events each, and the places of one reader. */
function feedsOf(lengths: Record<string, number>) {
  const positions = new Map(Object.keys(lengths).map((merchantId) => [merchantId, 0]));
  const leases = new Map<string, string>();
  let given = 0;
  const places: FeedPlaces = {
    waiting: async () =>
      [...positions].filter(([id, at]) => at < (lengths[id] ?? 0) && !leases.has(id)).map(([id]) => id),
    take: async (ids, limit) => {
      const free = (await places.waiting(limit)).filter((id) => ids.includes(id)).slice(0, limit);
      return free.map((merchantId) => {
        given += 1;
        leases.set(merchantId, String(given));
        return { merchantId, position: positions.get(merchantId) ?? 0, lease: String(given) };
      });
    },
    move: async (place, position) => {
      if (leases.get(place.merchantId) !== place.lease) return undefined;
      positions.set(place.merchantId, position);
      return { ...place, position };
    },
    release: async ({ merchantId, lease }: FeedPlace) => {
      if (leases.get(merchantId) === lease) leases.delete(merchantId);
    },
  };
  const read = async (merchantId: string, { after, limit }: { after: number; limit: number }) => {
    const last = lengths[merchantId] ?? 0;
    const count = Math.min(limit, last - after);
    const events = Array.from({ length: count }, (_, n) => {
      const position = after + n + 1;
      return { position, event: anEvent({ id: merchantId }, position, { merchantId }), merchantOrderNo: merchantId };
    });
    return { events, lastPosition: last, prunedPosition: 0 };
  };
  return { lengths, positions, leases, places, feed: { read } };
}

type Feeds = ReturnType<typeof feedsOf>;

function start(feeds: Feeds, publish: (events: readonly PlacedEvent[]) => Promise<void>, isReady = () => true) {
  const publisher = startPublisher({ places: feeds.places, feed: feeds.feed, publish, isReady, log });
  started.push(publisher);
  return publisher;
}

const isDone = ({ positions, lengths, leases }: Feeds) =>
  until(
    () => [...positions].every(([id, at]) => at === lengths[id]) && leases.size === 0,
    (done) => done,
  );

test('everything is carried in the order of the feed, and the places move behind it', async () => {
  const feeds = feedsOf({ a: 1_234, b: 1 });
  const sent: Record<string, number[]> = { a: [], b: [] };
  start(feeds, async (events) => {
    for (const { position, event } of events) sent[event.merchantId]?.push(position);
  });
  await isDone(feeds);
  expect(sent).toEqual({ a: Array.from({ length: 1_234 }, (_, n) => n + 1), b: [1] });
});

test('what is not confirmed is sent again from where the place is, and nothing behind it before', async () => {
  const feeds = feedsOf({ a: 600 });
  const runs: string[] = [];
  start(feeds, async (events) => {
    runs.push(`${events[0]?.position}–${events.at(-1)?.position}`);
    if (runs.length === 2) throw new Error('cut');
  });
  await isDone(feeds);
  expect(runs).toEqual(['1–500', '501–600', '501–600']);
});

test('a place that was lost in the meantime is left alone', async () => {
  const feeds = feedsOf({ a: 1_200 });
  const runs: number[] = [];
  start(feeds, async (events) => {
    runs.push(events[0]?.position ?? 0);
    if (runs.length === 1) feeds.leases.set('a', 'another process');
  });
  await until(
    () => runs.length,
    (count) => count === 1,
  );
  await pause(50);
  expect([runs, feeds.positions.get('a'), feeds.leases.get('a')]).toEqual([[1], 0, 'another process']);
});

test('while the broker is away nothing is taken; when it is back a poke is enough', async () => {
  const feeds = feedsOf({ a: 1 });
  let ready = false;
  const publisher = start(
    feeds,
    async () => {},
    () => ready,
  );
  await pause(50);
  expect(feeds.positions.get('a')).toBe(0);
  ready = true;
  publisher.poke();
  await isDone(feeds);
});

test('a poke names the merchants whose feeds have grown: no waiting for the next look', async () => {
  const feeds = feedsOf({ a: 0 });
  const publisher = start(feeds, async () => {});
  await pause(20);
  feeds.lengths.a = 3;
  const from = performance.now();
  publisher.poke(['a']);
  await isDone(feeds);
  expect(performance.now() - from).toBeLessThan(500);
});

test('a merchant with a long backlog lets the others have their turn', async () => {
  const feeds = feedsOf({
    ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`long${n}`, 10_500])),
    z: 1,
  });
  const order: string[] = [];
  start(feeds, async (events) => {
    order.push(events[0]?.event.merchantId ?? '');
  });
  await isDone(feeds);
  expect(order.indexOf('z')).toBeLessThanOrEqual(8 * 20);
  expect(order.filter((id) => id === 'long0')).toHaveLength(21);
});

test('stopping waits for what is on its way, and releases its place', async () => {
  const feeds = feedsOf({ a: 1 });
  let confirm = () => {};
  const publisher = start(feeds, () => new Promise((resolve) => (confirm = resolve)));
  await until(
    () => feeds.leases.size,
    (held) => held === 1,
  );
  const stopping = publisher.stop();
  confirm();
  await stopping;
  expect([feeds.positions.get('a'), feeds.leases.size]).toEqual([1, 0]);
});
