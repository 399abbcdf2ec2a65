// Sending again, and forgetting.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Due } from '../../src/deliveries/delivery.ts';
import { type Replay, replayDeliveries } from '../../src/deliveries/replay-deliveries.ts';
import { postgresFeed } from '../../src/postgres/feed.ts';
import { pendingDeliveries } from '../../src/postgres/webhook-queue.ts';
import { aboutOf, answered, type Hooks, openHooks } from './hooks.ts';
import { keepEvents } from './sales.ts';

const DAY_MS = 86_400_000;
/** A whole day away at least, so that whatever a test says happens after what really happens while it runs. */
const START = new Date((Math.ceil(Date.now() / DAY_MS) + 1) * DAY_MS);
const onDay = (day: number) => new Date(START.getTime() + day * DAY_MS);
/** When the replays are asked for. */
const TODAY = onDay(100);

let hooks: Hooks;
let merchantId: string;
let endpointId: string;
let orderId: string;

beforeAll(async () => {
  hooks = await openHooks();
});

beforeEach(async () => {
  merchantId = await hooks.addMerchant();
  [orderId = ''] = await hooks.sellMany(merchantId, 1);
  endpointId = await hooks.addEndpoint(merchantId);
});

afterAll(() => hooks?.close());

/** Events on day 2, 3, … of one order: version and day are the same. */
async function eventsUntil(lastDay: number): Promise<void> {
  for (let day = 2; day <= lastDay; day += 1)
    await hooks.addEvent(merchantId, orderId, day, 'order.shipped', onDay(day));
}

/** Finishes all that is due, one after another. */
async function finishAll(kind: 'succeeded' | 'failed'): Promise<string[]> {
  const done: string[] = [];
  for (let [due] = await mine(); due !== undefined; [due] = await mine()) {
    done.push(aboutOf(due).split(' ')[1] ?? '');
    const step = kind === 'failed' ? { kind, restsUntil: null, gone: false } : { kind };
    await hooks.queue.finish(due, answered(kind === 'failed' ? 500 : 200, TODAY), step);
  }
  return done;
}

const mine = async (): Promise<Due[]> =>
  (await hooks.queue.take(50, TODAY)).filter((due) => due.merchantId === merchantId);

function replay(what: Replay, id = endpointId) {
  const needs = { endpoints: hooks.endpoints, replays: hooks.replays, clock: { now: () => TODAY } };
  return replayDeliveries(needs, { merchantId, endpointId: id, what });
}

async function deliveryIds(): Promise<string[]> {
  const sql = 'select id from webhook_deliveries where merchant_id = $1 order by version';
  return (await hooks.rows<{ id: string }>(sql, merchantId)).map(({ id }) => id);
}

describe('replayDeliveries', () => {
  test('named ones go again from the first rung, delivered or not, in their order', async () => {
    await eventsUntil(4);
    await hooks.fanOut();
    await finishAll('succeeded');
    const [second = '', , fourth = ''] = await deliveryIds();
    expect(await replay({ kind: 'named', deliveryIds: [fourth, second] })).toEqual({
      kind: 'replayed',
      count: 2,
      nextPosition: null,
    });
    expect(await hooks.reads.find(merchantId, second)).toMatchObject({
      status: 'PENDING',
      nextAttemptAt: TODAY,
      finishedAt: null,
    });
    expect(await finishAll('succeeded')).toEqual(['2', '4']);
    const { status, attempts } = (await hooks.reads.find(merchantId, second)) ?? {};
    expect([status, attempts?.length]).toEqual(['SUCCEEDED', 2]);
  });

  test('everything missed: what failed, and what came while the endpoint was disabled; nothing that has arrived', async () => {
    await eventsUntil(3);
    await hooks.fanOut();
    await finishAll('succeeded');
    await hooks.addEvent(merchantId, orderId, 4, 'order.shipped', onDay(4));
    await hooks.addEvent(merchantId, orderId, 5, 'order.shipped', onDay(5));
    await hooks.fanOut();
    expect(await finishAll('failed')).toEqual(['4', '5']);
    await hooks.endpoints.update(merchantId, endpointId, { enabled: false }, TODAY);
    await hooks.addEvent(merchantId, orderId, 6, 'order.shipped', onDay(6));
    await hooks.fanOut();
    await hooks.endpoints.update(merchantId, endpointId, { enabled: true }, TODAY);
    expect(await replay({ kind: 'missed', since: onDay(4.5), afterPosition: undefined })).toMatchObject({ count: 2 });
    expect(await finishAll('succeeded')).toEqual(['5', '6']);
    expect(await replay({ kind: 'missed', since: START, afterPosition: undefined })).toMatchObject({ count: 1 });
    expect(await finishAll('succeeded')).toEqual(['4']);
  });

  test('what waits for a later attempt is missed too, and goes now', async () => {
    await eventsUntil(2);
    await hooks.fanOut();
    const [due] = await mine();
    if (due)
      await hooks.queue.finish(due, answered(500), { kind: 'again', dueAt: onDay(900), restsUntil: null, gone: false });
    expect(await mine()).toEqual([]);
    expect(await replay({ kind: 'missed', since: START, afterPosition: undefined })).toMatchObject({ count: 1 });
    expect(await mine()).toMatchObject([{ tries: 0 }]);
  });

  test('a range: every event of that time again, of the types that the endpoint hears of', async () => {
    await eventsUntil(6);
    await hooks.addEvent(merchantId, orderId, 7, 'order.completed', onDay(4));
    await hooks.endpoints.update(merchantId, endpointId, { eventTypes: ['order.shipped'] }, TODAY);
    await hooks.fanOut();
    await finishAll('succeeded');
    expect(await replay({ kind: 'all', from: onDay(3), before: onDay(5), afterPosition: undefined })).toMatchObject({
      count: 2,
    });
    expect(await finishAll('succeeded')).toEqual(['3', '4']);
    expect(await replay({ kind: 'all', from: onDay(5), before: onDay(5), afterPosition: undefined })).toMatchObject({
      kind: 'invalid_input',
      field: 'range',
    });
  });

  test('a long feed is replayed in parts, each from where the one before has ended', async () => {
    await hooks.rows(
      `insert into event_feed select $1, n, $2, n, $3 from generate_series(2, 12000) n`,
      ...[merchantId, orderId, TODAY],
    );
    await hooks.rows('update merchant_feeds set last_position = 12000 where merchant_id = $1', merchantId);
    const first = await replay({ kind: 'missed', since: START, afterPosition: undefined });
    expect(first).toEqual({ kind: 'replayed', count: 0, nextPosition: 10_001 });
    const second = await replay({ kind: 'missed', since: START, afterPosition: 10_001 });
    expect(second).toMatchObject({ nextPosition: null });
  });

  test('where to begin in the feed is found by halves', async () => {
    await eventsUntil(9);
    for (const day of [3, 5.5, 9]) {
      const position = await hooks.replays.positionAt(merchantId, onDay(day));
      const { events } = await postgresFeed(hooks.database).read(merchantId, { after: position, limit: 1 });
      expect(events[0]?.event.version).toBe(Math.ceil(day));
    }
    expect(await hooks.replays.positionAt(merchantId, onDay(50))).toBe(9);
    expect(await hooks.replays.positionAt(await hooks.addMerchant(), START)).toBe(0);
  });

  test('an endpoint that is not there, no ids and too many ids are refused', async () => {
    expect(await replay({ kind: 'named', deliveryIds: [merchantId] }, merchantId)).toEqual({
      kind: 'webhook_endpoint_not_found',
    });
    for (const ids of [[], Array(101).fill(merchantId)])
      expect(await replay({ kind: 'named', deliveryIds: ids })).toMatchObject({
        kind: 'invalid_input',
        field: 'deliveryIds',
      });
    expect(await replay({ kind: 'named', deliveryIds: [merchantId] })).toMatchObject({ count: 0 });
  });
});

describe('forgetting', () => {
  const left = async () =>
    (
      await hooks.rows<{ version: number }>(
        'select version from webhook_deliveries where merchant_id = $1 order by 1',
        merchantId,
      )
    ).map(({ version }) => version);
  const prune = async (limit = 100) => {
    const sql = 'delete from webhook_deliveries where merchant_id <> $1';
    await hooks.rows(sql, merchantId);
    return hooks.queue.prune(onDay(7.5), limit);
  };

  test('finished ones older than the merchant’s retention, oldest first, with their attempts', async () => {
    await eventsUntil(8);
    await hooks.fanOut();
    await finishAll('succeeded');
    await keepEvents(hooks.database, merchantId, 2);
    expect(await prune(3)).toBe(3);
    expect(await left()).toEqual([5, 6, 7, 8]);
    expect(await prune()).toBe(1);
    expect(await left()).toEqual([6, 7, 8]);
    expect(await prune()).toBe(0);
    const attempts = await hooks.rows('select from webhook_attempts where merchant_id = $1', merchantId);
    expect(attempts).toHaveLength(3);
  });

  test('pending ones stay, unless nobody will send them', async () => {
    await eventsUntil(4);
    await hooks.fanOut();
    await keepEvents(hooks.database, merchantId, 2);
    expect(await prune()).toBe(0);
    await hooks.endpoints.update(merchantId, endpointId, { enabled: false }, TODAY);
    expect(await prune()).toBe(3);
    expect(await hooks.rows('select from webhook_queue where merchant_id = $1', merchantId)).toEqual([]);
  });

  test('those of an endpoint that is gone go the same way', async () => {
    await eventsUntil(4);
    await hooks.fanOut();
    await hooks.endpoints.remove(merchantId, endpointId);
    await keepEvents(hooks.database, merchantId, 2);
    expect(await prune()).toBe(3);
  });
});

test('what is owed is counted, and the oldest that somebody will send is dated', async () => {
  await hooks.rows('delete from webhook_queue; delete from webhook_deliveries');
  expect(await pendingDeliveries(hooks.database)).toEqual({ pending: 0, since: null });
  await eventsUntil(3);
  await hooks.fanOut(onDay(5));
  expect(await pendingDeliveries(hooks.database)).toEqual({ pending: 2, since: onDay(5) });
  await hooks.endpoints.update(merchantId, endpointId, { enabled: false }, TODAY);
  expect(await pendingDeliveries(hooks.database)).toEqual({ pending: 2, since: null });
});
