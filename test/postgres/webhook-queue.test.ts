// What endpoints are owed, and who may send it: once, in order per order, whatever crashes.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Due } from '../../src/deliveries/delivery.ts';
import { newUuid } from '../../src/ids.ts';
import { aboutOf, answered, type Hooks, openHooks } from './hooks.ts';

let hooks: Hooks;
let merchantId: string;

beforeAll(async () => {
  hooks = await openHooks();
});

beforeEach(async () => {
  await hooks.rows('delete from feed_readers; delete from webhook_endpoints; delete from webhook_queue');
  await hooks.rows(
    'delete from webhook_deliveries; delete from event_feed; delete from merchant_feeds; delete from outbox',
  );
  merchantId = await hooks.addMerchant();
});

afterAll(() => hooks?.close());

const now = () => new Date();
const later = (ms: number) => new Date(Date.now() + ms);
const take = (limit = 100, at = now()) => hooks.queue.take(limit, at);
const succeed = (due: Due) => hooks.queue.finish(due, answered(200), { kind: 'succeeded' });
const failFor = (due: Due, ms: number, restMs?: number) =>
  hooks.queue.finish(due, answered(500), {
    kind: 'again',
    dueAt: later(ms),
    restsUntil: restMs === undefined ? null : later(restMs),
    gone: false,
  });

async function takenFor(orderId: string): Promise<Due> {
  const due = (await take()).find((one) => aboutOf(one).startsWith(orderId));
  if (due === undefined) throw new Error('nothing is due');
  return due;
}

describe('the fan-out', () => {
  test('workers at once owe each event to each endpoint once, with what happened and in which order', async () => {
    const ids = [await hooks.addEndpoint(merchantId), await hooks.addEndpoint(merchantId)];
    const orderIds = await hooks.sellMany(merchantId, 450);
    const looked = await Promise.all(Array.from({ length: 8 }, () => hooks.fanOut()));
    expect(looked.reduce((sum, one) => sum + one)).toBe(900);
    for (const id of ids) {
      const owed = await hooks.rows<{ order_id: string }>(
        'select order_id from webhook_deliveries where endpoint_id = $1',
        id,
      );
      expect(owed.map(({ order_id }) => order_id).sort()).toEqual(orderIds.toSorted());
    }
    expect(await hooks.rows('select from webhook_queue')).toHaveLength(900);
  });

  test('a new endpoint hears of what happens from now on, each of its own merchant’s alone', async () => {
    await hooks.sellMany(merchantId, 3);
    await hooks.addEndpoint(merchantId);
    const other = await hooks.addMerchant();
    const theirs = await hooks.addEndpoint(other);
    await hooks.sellMany(merchantId, 2);
    await hooks.sellMany(other, 1);
    await hooks.fanOut();
    const owed = await hooks.rows<{ merchant_id: string; endpoint_id: string }>('select * from webhook_deliveries');
    expect(owed).toHaveLength(3);
    expect(owed.filter((one) => one.endpoint_id === theirs).map((one) => one.merchant_id)).toEqual([other]);
  });

  // biome-ignore format: a table
  test.each<[string[] | null, string[]]>([
    [null,                                 ['order.created', 'payment.succeeded', 'refund.failed']],
    [['payment.succeeded'],                ['payment.succeeded']],
    [['refund.*', 'order.created'],        ['order.created', 'refund.failed']],
    [['payment.failed', 'case.*'],         []],
  ])('an endpoint told of %j hears of %j', async (eventTypes, heard) => {
    await hooks.addEndpoint(merchantId, { eventTypes });
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.addEvent(merchantId, orderId, 2, 'payment.succeeded');
    await hooks.addEvent(merchantId, orderId, 3, 'refund.failed');
    await hooks.fanOut();
    const owed = await hooks.rows<{ event_type: string }>('select event_type from webhook_deliveries order by version');
    expect(owed.map(({ event_type }) => event_type)).toEqual(heard);
    expect(await hooks.rows('select from feed_readers where position = 3')).toHaveLength(1);
  });

  test('a disabled endpoint is owed nothing and keeps no event from being forgotten; enabled, it goes on from there', async () => {
    const id = await hooks.addEndpoint(merchantId);
    await hooks.endpoints.update(merchantId, id, { enabled: false }, now());
    await hooks.sellMany(merchantId, 3);
    await hooks.fanOut();
    expect(await hooks.rows('select from webhook_deliveries')).toEqual([]);
    expect(await hooks.rows('select position::int from feed_readers')).toEqual([{ position: 3 }]);
    await hooks.endpoints.update(merchantId, id, { enabled: true }, now());
    await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    expect(await hooks.rows('select from webhook_deliveries')).toHaveLength(1);
  });

  test('an id sorts by the event’s time and is the same whoever makes it', async () => {
    const id = await hooks.addEndpoint(merchantId);
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.addEvent(merchantId, orderId, 2, 'order.shipped', later(3_600_000));
    await hooks.fanOut();
    const { deliveries } = await hooks.reads.page(merchantId, {
      first: 5,
      afterId: undefined,
      endpointId: id,
      orderId,
      status: undefined,
      eventType: undefined,
    });
    expect(deliveries.map(({ eventType }) => eventType)).toEqual(['order.shipped', 'order.created']);
    for (const { id: own, eventId } of deliveries) expect(own.slice(0, 15)).toBe(eventId.slice(0, 15));
    await hooks.rows('update feed_readers set position = 0');
    await hooks.fanOut();
    expect(await hooks.rows('select from webhook_deliveries')).toHaveLength(2);
  });
});

describe('taking', () => {
  test('an order’s events go one after another, other orders beside them', async () => {
    await hooks.addEndpoint(merchantId);
    const [first = '', second = ''] = await hooks.sellMany(merchantId, 2);
    for (const version of [2, 3]) await hooks.addEvent(merchantId, first, version);
    await hooks.fanOut();
    const taken = await take();
    expect(taken.map(aboutOf).sort()).toEqual([`${first} 1`, `${second} 1`].sort());
    expect(await take()).toEqual([]);
    const due = taken.find((one) => aboutOf(one) === `${first} 1`);
    if (due) await succeed(due);
    expect((await take()).map(aboutOf)).toEqual([`${first} 2`]);
  });

  test('the next one waits for the retry of the one before, and goes when that is given up', async () => {
    await hooks.addEndpoint(merchantId);
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.addEvent(merchantId, orderId, 2);
    await hooks.fanOut();
    await failFor(await takenFor(orderId), 60_000);
    expect(await take()).toEqual([]);
    const [again] = await take(5, later(61_000));
    expect(again).toMatchObject({ tries: 1, failures: 1 });
    if (again) await hooks.queue.finish(again, answered(500), { kind: 'failed', restsUntil: null, gone: false });
    expect((await take()).map(aboutOf)).toEqual([`${orderId} 2`]);
  });

  test('two workers with random delays keep the order of each order and send each event once', async () => {
    await hooks.addEndpoint(merchantId);
    const orderIds = await hooks.sellMany(merchantId, 12);
    for (const orderId of orderIds)
      for (const version of [2, 3, 4, 5]) await hooks.addEvent(merchantId, orderId, version);
    await hooks.fanOut();
    const seen: string[] = [];
    const work = async (due: Due) => {
      await delay(Math.random() * 8);
      seen.push(aboutOf(due));
      await succeed(due);
    };
    const worker = async () => {
      for (let idle = 0; idle < 20; ) {
        const taken = await take(5);
        idle = taken.length > 0 ? 0 : idle + 1;
        await Promise.all([...taken.map(work), delay(2)]);
      }
    };
    await Promise.all([worker(), worker()]);
    expect(seen).toHaveLength(60);
    for (const orderId of orderIds)
      expect(seen.filter((about) => about.startsWith(orderId))).toEqual([1, 2, 3, 4, 5].map((v) => `${orderId} ${v}`));
  });

  test('at most eight at a time to one endpoint, two once it has failed, one while it is only probed', async () => {
    const id = await hooks.addEndpoint(merchantId);
    await hooks.sellMany(merchantId, 30);
    await hooks.fanOut();
    const first = await take();
    expect(first).toHaveLength(8);
    expect(await take()).toEqual([]);
    for (const due of first.slice(0, 2)) await failFor(due, 60_000);
    // Six are still on their way: more than a failing endpoint gets.
    expect(await take()).toEqual([]);
    for (const due of first.slice(2, 7)) await failFor(due, 60_000, 5_000);
    expect(await hooks.endpoints.find(merchantId, id)).toMatchObject({ health: { failures: 7 } });
    if (first[7]) await hooks.queue.release(first[7]);
    expect(await take()).toEqual([]);
    const probe = await take(100, later(6_000));
    expect(probe).toHaveLength(1);
    expect(await take(100, later(6_000))).toEqual([]);
    if (probe[0]) await succeed(probe[0]);
    expect(await hooks.endpoints.find(merchantId, id)).toMatchObject({ health: { failures: 0, failingSince: null } });
    expect(await take()).toHaveLength(8);
  });

  test('the first ones of every endpoint come before the second ones of any', async () => {
    const ids = [];
    for (const n of [1, 2, 3, 4]) ids.push(await hooks.addEndpoint(merchantId, { url: `https://shop${n}.example/` }));
    await hooks.sellMany(merchantId, 8);
    await hooks.fanOut();
    const taken = await take(6);
    expect(new Set(taken.map(({ endpoint }) => endpoint.id)).size).toBe(4);
  });

  test('a disabled endpoint gets nothing, and what was pending goes on when it is enabled', async () => {
    const id = await hooks.addEndpoint(merchantId);
    await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    await hooks.endpoints.update(merchantId, id, { enabled: false }, now());
    expect(await take()).toEqual([]);
    await hooks.endpoints.update(merchantId, id, { enabled: true }, now());
    expect(await take()).toHaveLength(1);
  });
});

describe('holding', () => {
  test('what a process that died has taken is taken again after its minute; the dead one’s word counts no more', async () => {
    await hooks.addEndpoint(merchantId);
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    const lost = await takenFor(orderId);
    expect(await take()).toEqual([]);
    await hooks.rows(`update webhook_queue set taken_until = now() - interval '1 millisecond'`);
    const again = await takenFor(orderId);
    expect(again.deliveryId).toBe(lost.deliveryId);
    expect(await succeed(lost)).toBeUndefined();
    expect(await hooks.rows('select from webhook_attempts')).toEqual([]);
    expect(await succeed(again)).toEqual({ failures: 0, failingSince: null });
    expect(await hooks.reads.find(merchantId, again.deliveryId)).toMatchObject({
      status: 'SUCCEEDED',
      attempts: [{ statusCode: 200 }],
    });
    expect(await hooks.rows('select from webhook_queue')).toEqual([]);
  });

  test('a hold ends by the database’s clock, however wrong ours is', async () => {
    await hooks.addEndpoint(merchantId);
    await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    expect(await take()).toHaveLength(1);
    expect(await take(100, later(600_000))).toEqual([]);
  });

  test('what is released is as if it had never been taken', async () => {
    await hooks.addEndpoint(merchantId);
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    await hooks.queue.release(await takenFor(orderId));
    expect(await takenFor(orderId)).toMatchObject({ tries: 0, failures: 0 });
  });
});

describe('an endpoint', () => {
  test('a merchant has twenty places, also when many ask at once', async () => {
    const asked = Array.from({ length: 30 }, () =>
      hooks.addEndpoint(merchantId).then(
        () => 'created',
        () => 'full',
      ),
    );
    expect((await Promise.all(asked)).filter((answer) => answer === 'created')).toHaveLength(20);
    const [first] = await hooks.endpoints.list(merchantId);
    expect(await hooks.endpoints.remove(merchantId, first?.id ?? '')).toBe(true);
    await hooks.addEndpoint(merchantId);
    expect(await hooks.endpoints.list(merchantId)).toHaveLength(20);
  });

  test('it is disabled once, and the others that hear of such events are told', async () => {
    const dead = await hooks.addEndpoint(merchantId);
    const told = await hooks.addEndpoint(merchantId, { eventTypes: ['webhook.*'] });
    await hooks.addEndpoint(merchantId, { eventTypes: ['order.created'] });
    const event = { kind: 'own' as const, eventId: newUuid(now()), type: 'webhook.disabled', body: '{"id":"evt"}' };
    const disabled = { merchantId, id: dead, reason: 'GONE' as const, at: now(), event };
    expect(await Promise.all([hooks.endpoints.disable(disabled), hooks.endpoints.disable(disabled)])).toContain(true);
    expect(await hooks.endpoints.disable(disabled)).toBe(false);
    expect(await hooks.endpoints.find(merchantId, dead)).toMatchObject({
      disabledReason: 'GONE',
      disabledAt: disabled.at,
    });
    const taken = await take();
    expect(taken.map((due) => [due.endpoint.id, due.content])).toEqual([[told, event]]);
    if (taken[0]) await succeed(taken[0]);
    expect(await hooks.reads.find(merchantId, taken[0]?.deliveryId ?? '')).toMatchObject({
      orderId: null,
      status: 'SUCCEEDED',
    });
  });

  test('removed, it is gone with its reader, and its deliveries are out of sight', async () => {
    const id = await hooks.addEndpoint(merchantId);
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    const due = await takenFor(orderId);
    expect(await hooks.endpoints.remove(merchantId, id)).toBe(true);
    expect(await hooks.endpoints.remove(merchantId, id)).toBe(false);
    expect(await hooks.reads.find(merchantId, due.deliveryId)).toBeUndefined();
    expect(await hooks.rows('select from feed_readers')).toEqual([]);
    await succeed(due);
    expect(await take()).toEqual([]);
  });

  test('another merchant’s is as if it did not exist', async () => {
    const id = await hooks.addEndpoint(merchantId);
    const [orderId = ''] = await hooks.sellMany(merchantId, 1);
    await hooks.fanOut();
    const { deliveryId } = await takenFor(orderId);
    const stranger = await hooks.addMerchant();
    expect(await hooks.endpoints.find(stranger, id)).toBeUndefined();
    expect(await hooks.endpoints.list(stranger)).toEqual([]);
    expect(await hooks.endpoints.update(stranger, id, { enabled: false }, now())).toBeUndefined();
    expect(await hooks.endpoints.rotate(stranger, id, 'x', now())).toBeUndefined();
    expect(await hooks.endpoints.remove(stranger, id)).toBe(false);
    expect(await hooks.reads.find(stranger, deliveryId)).toBeUndefined();
    expect(await hooks.replays.again(stranger, id, [deliveryId], now())).toBe(0);
    expect(await hooks.endpoints.find(merchantId, id)).toMatchObject({ disabledAt: null, keys: { secret: 'sealed' } });
  });
});
