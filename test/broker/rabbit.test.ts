// The broker over a wire that can be cut.
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Broker, type BrokerEars, connectBroker } from '../../src/broker/rabbit.ts';
import type { BrokerMessage } from '../../src/deliveries/broker-message.ts';
import { openWire, type Wire } from '../faults/tcp-proxy.ts';
import { firstSights, openRabbit, rabbitUrl } from '../support/rabbit.ts';
import { until } from '../support/until.ts';

const NOON = new Date('2026-05-05T12:00:00.789Z');

function message(n: number): BrokerMessage {
  return {
    id: `evt_${n}`,
    type: 'order.created',
    routingKey: 'mer_1.order.created',
    occurredAt: NOON,
    body: `{"n":${n}}`,
  };
}

const messages = (count: number, from = 1) => Array.from({ length: count }, (_, index) => message(from + index));
const ids = (count: number) => messages(count).map(({ id }) => id);

describe.skipIf(rabbitUrl === undefined)('RabbitMQ', () => {
  const rabbit = openRabbit(rabbitUrl ?? 'amqp://127.0.0.1:1');
  const opened: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of opened) await close();
  });

  function connect(url = rabbit.url, warn: (message: string) => void = () => {}): Broker {
    const broker = connectBroker({ url, name: rabbit.name, warn });
    opened.push(() => broker.close());
    return broker;
  }

  async function throughWire(): Promise<{ wire: Wire; url: string }> {
    const { port } = new URL(rabbit.url);
    const wire = await openWire(() => Number(port || 5672));
    onTestFinished(() => wire.close());
    return { wire, url: Object.assign(new URL(rabbit.url), { host: `127.0.0.1:${wire.port}` }).href };
  }

  const isReady = (broker: Broker) =>
    until(
      () => broker.fault(),
      (fault) => fault === undefined,
    );

  test('what is published arrives in order with everything that the contract promises', async () => {
    const broker = connect();
    const heard = await rabbit.listen(`${rabbit.name}.events`, 'mer_1.order.*');
    await broker.publish(messages(3));
    await until(
      () => heard.length,
      (count) => count === 3,
    );
    expect(heard.map(({ id }) => id)).toEqual(ids(3));
    expect(heard[0]?.message).toMatchObject({
      exchange: `${rabbit.name}.events`,
      routingKey: 'mer_1.order.created',
      messageId: 'evt_1',
      type: 'order.created',
      timestamp: Date.parse('2026-05-05T12:00:00Z') / 1_000,
      contentType: 'application/json',
      appId: 'kassa',
      durable: true,
      body: { n: 1 },
    });
  });

  test('nobody listens: it is confirmed all the same', async () => {
    const broker = connect();
    await expect(broker.publish([{ ...message(1), routingKey: 'nobody' }])).resolves.toBeUndefined();
  });

  test('cut in the midst of its confirms it fails, and sent again nothing is missing and first sights are in order', async () => {
    const { wire, url } = await throughWire();
    const broker = connect(url);
    await isReady(broker);
    await broker.publish([{ ...message(1), routingKey: 'nobody' }]);
    const heard = await rabbit.listen(`${rabbit.name}.events`, 'mer_1.#');
    let cuts = 0;
    for (let sent = false; !sent; ) {
      await isReady(broker);
      // The first confirms pass, and the wire breaks while the others are on their way.
      if (cuts < 3) wire.strike({ kind: 'cut_after', bytes: 60 * (cuts + 1) });
      sent = await broker.publish(messages(2_000)).then(
        () => true,
        () => false,
      );
      if (!sent) cuts += 1;
      wire.strike(undefined);
    }
    expect(cuts).toBe(3);
    await until(
      () => firstSights(heard).length,
      (count) => count === 2_000,
    );
    expect(firstSights(heard)).toEqual(ids(2_000));
    expect(heard.length).toBeGreaterThan(2_000);
  });

  test('not there at the start it says so, and is found when it comes', async () => {
    const { wire, url } = await throughWire();
    wire.strike({ kind: 'refuse' });
    const warnings: string[] = [];
    const broker = connect(url, (warning) => warnings.push(warning));
    await until(
      () => warnings.length,
      (count) => count > 0,
    );
    expect(broker.fault()).toBe('RabbitMQ does not answer');
    expect(warnings.join()).toMatch(/^no connection to RabbitMQ: /);
    expect(warnings.join()).not.toContain('guest');
    let readied = 0;
    broker.onReady(() => {
      readied += 1;
    });
    wire.strike(undefined);
    await isReady(broker);
    await broker.publish(messages(1));
    expect(readied).toBe(1);
  });

  test('bytes that fall into a hole are noticed by the heartbeat; closing never waits for them', async () => {
    const { wire, url } = await throughWire();
    const broker = connect(url);
    await isReady(broker);
    wire.strike({ kind: 'hole' });
    const publishing = broker.publish(messages(1)).catch((error: Error) => error);
    const from = performance.now();
    await broker.close();
    expect(await publishing).toBeInstanceOf(Error);
    expect(performance.now() - from).toBeLessThan(1_500);
  });

  interface Ears extends BrokerEars {
    readonly hints: string[];
    hearings: number;
    losses: number;
  }

  function ears(): Ears {
    const all: Ears = {
      hints: [],
      hearings: 0,
      losses: 0,
      onHint: (hint, some) => all.hints.push(...some.map((id) => `${hint} ${id}`)),
      onHearing: () => {
        all.hearings += 1;
      },
      onDeaf: () => {
        all.losses += 1;
      },
    };
    return all;
  }

  test('a hint reaches every process, in pieces; one that is cut off knows, and hears again', async () => {
    const { wire, url } = await throughWire();
    const [near, far] = [connect(), connect(url)];
    const [nearEars, farEars] = [ears(), ears()];
    near.hear(nearEars);
    far.hear(farEars);
    await until(
      () => near.isHearing() && far.isHearing(),
      (both) => both,
    );
    const many = Array.from({ length: 2_500 }, (_, n) => String(n));
    near.tell('news', many);
    far.tell('written', ['a']);
    near.tell('look', ['all']);
    const all = [...many.map((id) => `news ${id}`), 'written a', 'look all'].sort();
    for (const { hints } of [nearEars, farEars])
      await until(
        () => [...hints].sort(),
        (some) => some.join() === all.join(),
      );

    wire.reset();
    await until(
      () => farEars.losses,
      (losses) => losses === 1,
    );
    expect(far.isHearing()).toBe(false);
    await until(
      () => farEars.hearings,
      (times) => times === 2,
    );
    near.tell('news', ['again']);
    await until(
      () => farEars.hints,
      (hints) => hints.includes('news again'),
    );
  });
});

test.each([
  ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a broker of another AMQP', 'AMQP\x03\x01\x00\x00'],
])('%s in its place is no RabbitMQ, and ends nothing', async (_, says) => {
  const server = createServer((socket) => void socket.on('error', () => {}).end(says, 'latin1'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const warning = await new Promise<string>((resolve) => {
    const broker = connectBroker({ url, warn: resolve });
    onTestFinished(() => broker.close());
  });
  expect(warning).toMatch(/^no connection to RabbitMQ: /);
});
