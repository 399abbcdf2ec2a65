// How fast events leave: from the outbox into the feeds (the relay), and from there to RabbitMQ's confirms (the broker).
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { Connection } from 'rabbitmq-client';
import { type Broker, connectBroker } from '../../src/broker/rabbit.ts';
import { brokerMessage } from '../../src/deliveries/broker-message.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import { postgresFeed } from '../../src/postgres/feed.ts';
import { brokerPlaces } from '../../src/postgres/feed-places.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { postgresOutboxRelay } from '../../src/postgres/outbox-relay.ts';
import { startPublisher } from '../../src/worker/publisher.ts';
import { startRelay } from '../../src/worker/relay.ts';
import type { Ends } from '../arena.ts';
import { fill } from './fill.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 40_000);
const MERCHANTS = 4;
const AMQP_URL = process.env.BENCH_AMQP_URL ?? 'amqp://guest:guest@127.0.0.1:5672';
const log = pino({ level: 'warn' }, pino.destination(2));

async function main(ends: Ends): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-relay-'));
  // mkdtemp closes it to everybody else: started as root, PostgreSQL runs as somebody else.
  chmodSync(folder, 0o755);
  ends.push(async () => rmSync(folder, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  ends.push(() => server.stop());
  await migrate(server.url);
  const database = await openDatabase({ url: server.url, statementTimeoutMs: 60_000 });
  ends.push(() => database.close());
  const { broker, received } = await openBroker(ends);
  await brokerPlaces(database).introduce();

  say('relay: outbox to feed', await timed(database, () => relayUntilEmpty(database)));
  say('broker: feed to confirms', await timed(undefined, () => publishUntilDone(database, broker)));
  say('both: outbox to confirms', await timed(database, () => bothUntilDone(database, broker)));
  const heard = await received();
  if (heard !== 2 * EVENTS) throw new Error(`RabbitMQ holds ${heard} events of ${2 * EVENTS}`);
  process.stdout.write(`load ${loadavg().map((one) => one.toFixed(1))}\n`);
}

/** The time it takes, after the outbox has been filled when a database is given. */
async function timed(filled: Database | undefined, work: () => Promise<void>): Promise<number> {
  if (filled !== undefined) await fill(filled, EVENTS, MERCHANTS);
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function say(what: string, ms: number): void {
  process.stdout.write(`${what.padEnd(26)} ${Math.round(EVENTS / (ms / 1_000))} events/s\n`);
}

function relayOf(database: Database, poke: (merchants: readonly string[]) => void) {
  const outbox = postgresOutboxRelay(database);
  const take = async (limit: number) => {
    const { taken, merchants } = await outbox.takeOutbox({ limit, now: new Date(), notify: true });
    if (taken > 0) poke(merchants);
    return taken;
  };
  return startRelay({ take }, log);
}

async function relayUntilEmpty(database: Database): Promise<void> {
  const relay = relayOf(database, () => {});
  await untilNone(database, 'select count(*)::int as left from outbox');
  await relay.stop();
}

/** A merchant that has come meanwhile has no place yet. */
const BACKLOG = `
  select sum(last_position - coalesce(position, 0))::int as left
  from merchant_feeds left join feed_readers using (merchant_id)`;

function publisherOf(database: Database, broker: Broker) {
  return startPublisher({
    places: brokerPlaces(database),
    feed: postgresFeed(database),
    publish: (events) => broker.publish(events.map(brokerMessage)),
    isReady: () => broker.fault() === undefined,
    log,
  });
}

async function publishUntilDone(database: Database, broker: Broker): Promise<void> {
  const publisher = publisherOf(database, broker);
  await pause(50);
  await untilNone(database, BACKLOG);
  await publisher.stop();
}

async function bothUntilDone(database: Database, broker: Broker): Promise<void> {
  const publisher = publisherOf(database, broker);
  const relay = relayOf(database, (merchants) => publisher.poke(merchants));
  await untilNone(database, 'select count(*)::int as left from outbox');
  await untilNone(database, BACKLOG);
  await relay.stop();
  await publisher.stop();
}

async function untilNone(database: Database, sql: string): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query<{ left: number | null }>(sql);
    if (rows[0]?.left === 0) return;
    await pause(20);
  }
}

/** The broker under names of its own, with one durable queue that takes everything. */
async function openBroker(ends: Ends) {
  const name = `kassa-bench-${randomUUID().slice(0, 8)}`;
  const exchange = `${name}.events`;
  const admin = new Connection(AMQP_URL);
  admin.on('error', (error) => log.error({ err: error }, 'RabbitMQ does not answer'));
  await admin.exchangeDeclare({ exchange, type: 'topic', durable: true });
  await admin.queueDeclare({ queue: name, durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await admin.queueBind({ queue: name, exchange, routingKey: '#' });
  const broker = connectBroker({ url: AMQP_URL, name, warn: (message) => log.warn(message) });
  ends.push(async () => {
    await broker.close();
    await admin.queueDelete({ queue: name });
    await admin.exchangeDelete({ exchange });
    await admin.close();
  });
  while (broker.fault() !== undefined) await pause(20);
  const received = async () => (await admin.queueDeclare({ queue: name, passive: true })).messageCount;
  return { broker, received };
}

const ends: Ends = [];
try {
  await main(ends);
} finally {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
}
