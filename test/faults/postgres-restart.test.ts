// PostgreSQL is stopped hard and comes back: no gateway has to be started again, and who sells or listens notices for
// seconds only.
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Door } from '../support/graphql-client.ts';
import { createOrder, follow, newOrder, precreate } from '../support/sale.ts';
import { until } from '../support/until.ts';
import { type Ground, layGround } from './ground.ts';
import { openSite, type Site } from './site.ts';

const BACK_WITHIN_MS = 5_000;
/** Beyond the bar a test on a busy machine waits on, and then says how long it was. */
const PATIENCE_MS = 30_000;

let ground: Ground;
let site: Site;

beforeAll(async () => {
  ground = await layGround();
  site = await openSite(ground);
  return async () => {
    await site?.close();
    await ground.stop();
  };
}, 300_000);

test.each(['immediate', 'kill'] as const)(
  'stopped by %s: all is as before within five seconds',
  async (how) => {
    const doors = site.places.map(({ gateway }) => gateway.door);
    const sales = await Promise.all(doors.map((door) => createOrder(door, newOrder())));
    const feeds = sales.map(({ id }, n) => follow(doors[(n + 1) % doors.length] ?? fail(), { orderId: id, after: 0 }));
    await Promise.all(feeds.map((feed) => feed.count(1)));

    await ground.postgres.outage(how);
    const backAt = performance.now();
    const since = () => Math.round(performance.now() - backAt);
    const sellsMs = await Promise.all(doors.map((door) => sells(door).then(since)));
    // Each change is heard over the other gateway: by LISTEN, which has to come back as well.
    await Promise.all(sales.map(({ merchantOrderNo }, n) => precreate(doors[n] ?? fail(), { merchantOrderNo })));
    await Promise.all(feeds.map((feed) => feed.count(2, PATIENCE_MS)));
    const hearsMs = since();
    for (const feed of feeds) feed.stop();

    process.stdout.write(`PostgreSQL back (${how}): both sold after ${sellsMs} ms, both heard after ${hearsMs} ms\n`);
    expect(Math.max(...sellsMs, hearsMs)).toBeLessThan(BACK_WITHIN_MS);
    expect(site.places.map(({ gateway }) => gateway.lastEndAt())).toEqual([undefined, undefined]);
  },
  120_000,
);

async function sells(door: Door): Promise<void> {
  const input = newOrder();
  await until(
    () => createOrder(door, input).catch(() => pause(20)),
    (made) => made !== undefined,
    PATIENCE_MS,
  );
}

function fail(): never {
  throw new Error('a site has two gateways');
}
