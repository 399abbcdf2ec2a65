// The program with RabbitMQ behind a wire: away at the start, cut in between, and no payment waits for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWire, type Wire } from '../faults/tcp-proxy.ts';
import { type Counter, counter } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { openRabbit, rabbitUrl } from '../support/rabbit.ts';
import { follow } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { type SharedSandbox, startSharedSandbox } from '../support/sandbox-process.ts';
import { until } from '../support/until.ts';

const TOLD = graphql(`query ToldEvents { events(first: 100) { edges { node { id } } } }`);

interface Seen {
  readonly id: string;
  readonly type: string;
  readonly orderId: string;
  readonly version: number;
}

describe.skipIf(rabbitUrl === undefined)('with RabbitMQ', () => {
  const rabbit = openRabbit(rabbitUrl ?? 'amqp://127.0.0.1:1');
  let wire: Wire;
  let gateway: Gateway;
  let sandbox: SharedSandbox;
  let till: Counter;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const { port } = new URL(rabbit.url);
    wire = await openWire(() => Number(port || 5672));
    ends.push(() => wire.close());
    wire.strike({ kind: 'refuse' });
    const AMQP_URL = Object.assign(new URL(rabbit.url), { host: `127.0.0.1:${wire.port}` }).href;
    sandbox = await startSharedSandbox();
    gateway = await startGateway({ ...sandbox.env, AMQP_URL });
    till = counter(gateway);
  });
  afterAll(async () => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  });

  const readiness = async () => JSON.parse(await (await fetch(`${gateway.url}/readyz`)).text());
  const figure = async (name: string) => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  };

  async function paid(): Promise<string> {
    const { id } = await till.open();
    const { authCode } = await sandboxClient(sandbox).authCode();
    expect((await till.scanned(id, authCode)).status).toBe('SUCCEEDED');
    return id;
  }

  /** The documented consumer, as a program of its own; answers what it has acted on. */
  async function consumer(binding: string) {
    const queue = `${rabbit.name}-consumer`;
    rabbit.forget(queue);
    const program = join(import.meta.dirname, '../../examples/consumer.ts');
    const env = { PATH: process.env.PATH, AMQP_URL: rabbit.url, QUEUE: queue, BINDING: binding };
    const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    ends.push(async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    return (): Seen[] =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
  }

  async function toldBy(): Promise<string[]> {
    const { events } = await dataOf(ask(gateway, TOLD));
    return events.edges.map(({ node }) => node.id);
  }

  test('away: the gateway starts, says it is degraded, and sells', async () => {
    expect(await readiness()).toEqual({ status: 'ready', degraded: ['RabbitMQ does not answer'] });
    await paid();
    expect(await figure('kassa_broker_connected')).toBe(0);
    await until(
      () => figure('kassa_broker_backlog_events'),
      (events) => events >= 3,
    );
    expect(await figure('kassa_broker_backlog_seconds')).toBeGreaterThan(0);
  });

  test('there: the backlog comes in the order of the feed, and cuts lose and double nothing', async () => {
    const queue = await rabbit.listen('kassa.events', '#');
    const probe = await till.open();
    wire.strike(undefined);
    await until(readiness, ({ degraded }) => degraded === undefined, 15_000);
    const first = await until(
      () => queue.find(({ message }) => message.body?.data?.orderId === probe.id),
      (heard) => heard !== undefined,
    );
    const merchant = first?.message.routingKey.split('.')[0] ?? '';
    expect(merchant).toMatch(/^mer_/);
    const seen = await consumer(`${merchant}.#`);
    // Its queue is bound when the first new event arrives.
    await until(
      async () => {
        await till.open();
        return seen().length;
      },
      (count) => count > 0,
      15_000,
    );

    const from = (await toldBy()).indexOf(seen()[0]?.id ?? '');
    for (let n = 0; n < 3; n += 1) {
      await Promise.all([paid(), paid()]);
      wire.reset();
    }
    const expected = (await toldBy()).slice(from);
    await until(seen, (events) => events.length >= expected.length, 15_000);
    // The last ones may have reached the feed only after it was read.
    const ids = seen().map(({ id }) => id);
    expect(ids.slice(0, expected.length)).toEqual(expected);
    expect(new Set(ids).size).toBe(ids.length);
    const types = new Set(seen().map(({ type }) => type));
    expect(types).toContain('payment.succeeded');
    expect(await figure('kassa_broker_published_total')).toBeGreaterThanOrEqual(expected.length);
  });

  test('hints go over it from process to process, and by NOTIFY while one of them is cut off', async () => {
    const { PORT: _port, SANDBOX_PORT: _sandboxPort, DATA_DIR: _folder, ...shared } = gateway.env;
    const far = await startGateway({ ...shared, ROLE: 'gateway', AMQP_URL: rabbit.url });
    for (const isCut of [false, true]) {
      if (isCut) wire.strike({ kind: 'refuse' });
      if (isCut) wire.reset();
      for (const [writer, reader] of [
        [gateway, far],
        [far, gateway],
      ] as const) {
        const order = await counter(writer).open();
        const feed = follow(reader, { orderId: order.id, after: 0 });
        await feed.count(1);
        const { authCode } = await sandboxClient(sandbox).authCode();
        await counter(writer).scanned(order.id, authCode);
        expect((await feed.count(3, 6_000)).at(-1)).toMatchObject({ status: 'PAID' });
        feed.stop();
      }
    }
    expect(await far.stop()).toEqual({ code: 0, signal: null });
  });
});
