// Deliveries over real sockets from a real database: what a merchant's server gets, and what happens when it does not answer.
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sealedSecrets } from '../../src/credentials/sealed-secrets.ts';
import type { Delivery } from '../../src/deliveries/delivery.ts';
import { rotateSecret } from '../../src/deliveries/rotate-secret.ts';
import { type Hooks, openHooks } from '../postgres/hooks.ts';
import { type Received, type Receiver, startReceiver, status } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { type Courier, type CourierNeeds, endpointAt, SECRET_KEY, startCourier } from './courier.ts';

let hooks: Hooks;
let merchantId: string;
let shop: Receiver;
const couriers: Courier[] = [];

beforeAll(async () => {
  hooks = await openHooks();
});

beforeEach(async () => {
  await hooks.rows(
    'delete from feed_readers; delete from webhook_endpoints; delete from webhook_queue; delete from webhook_deliveries',
  );
  merchantId = await hooks.addMerchant();
  shop = await startReceiver();
});

afterEach(async () => {
  await Promise.all(couriers.splice(0).map((courier) => courier.stop()));
});

afterAll(() => hooks?.close());

function start(needs?: CourierNeeds): Courier {
  const courier = startCourier(hooks, needs);
  couriers.push(courier);
  return courier;
}

async function deliveries(): Promise<readonly Delivery[]> {
  const asked = {
    first: 100,
    afterId: undefined,
    endpointId: undefined,
    orderId: undefined,
    status: undefined,
    eventType: undefined,
  };
  return (await hooks.reads.page(merchantId, asked)).deliveries;
}

const theDelivery = (isSo: (delivery: Delivery) => boolean) =>
  until(deliveries, ([one, other]) => one !== undefined && other === undefined && isSo(one)).then(([one]) => one);

const verify = ({ body, headers }: Received, secret: string) =>
  new Webhook(secret).verify(body, {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });

describe('an answer with 2xx', () => {
  test('the event has arrived: signed, the same bytes as everywhere, once', async () => {
    const { secret } = await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    start();
    const delivery = await theDelivery(({ status: is }) => is === 'SUCCEEDED');
    const [received] = shop.received;
    expect(received && verify(received, secret)).toMatchObject({
      type: 'order.created',
      id: received?.headers['webhook-id'],
    });
    expect(received?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Kassa-Webhooks' });
    expect(Object.keys(JSON.parse(received?.body ?? ''))).toEqual(['data', 'id', 'timestamp', 'type']);
    expect(delivery).toMatchObject({
      nextAttemptAt: null,
      attempts: [{ statusCode: 200, answer: 'answer 200', reason: null, latencyMs: expect.any(Number) }],
    });
    expect(shop.received).toHaveLength(1);
  });

  test('two workers keep the order of each order over real sockets', async () => {
    await endpointAt(hooks, merchantId, shop);
    const orderIds = await hooks.sellMany(merchantId, 6);
    for (const orderId of orderIds) for (const version of [2, 3, 4]) await hooks.addEvent(merchantId, orderId, version);
    shop.answer = (_, response) => void setTimeout(() => response.end(), Math.random() * 15);
    start();
    start();
    await until(
      () => shop.received.length,
      (count) => count === 24,
      15_000,
    );
    const told = shop.received.map(({ body }) => JSON.parse(body).data);
    for (const [, events] of Map.groupBy(told, (data) => data.orderId))
      expect(events.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });
});

describe('another answer', () => {
  test('it goes again up the ladder, with the same id and a fresh time, then it is given up', async () => {
    const { secret } = await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    shop.answer = status(500);
    start({ ladderMs: [0, 1_100, 20] });
    const delivery = await theDelivery(({ status: is }) => is === 'FAILED');
    expect(delivery?.attempts.map(({ statusCode, reason }) => [statusCode, reason])).toEqual(
      Array(3).fill([500, 'answered 500']),
    );
    const sent = shop.received.map(({ headers, body }) => ({ id: headers['webhook-id'], body }));
    expect(new Set(sent.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    const [first, second] = shop.received.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(second).toBeGreaterThan(first ?? Infinity);
    for (const received of shop.received) verify(received, secret);
  });

  test('Retry-After is waited for', async () => {
    await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    shop.answer = (_, response) => {
      shop.answer = status(200);
      status(503, { 'retry-after': '1' })(_, response);
    };
    start({ ladderMs: [0, 1, 1] });
    await theDelivery(({ status: is }) => is === 'SUCCEEDED');
    const [first, second] = shop.received.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test.each([
    ['a redirect', status(302, { location: 'http://127.0.0.1:1/' }), 302, 'answered 302: redirects are not followed'],
    ['nothing in time', () => undefined, null, 'no answer within 0.2 s'],
    [
      'a broken connection',
      (_: Received, response: { destroy(): unknown }) => void response.destroy(),
      null,
      'the connection broke',
    ],
  ] as const)('%s is a failed attempt', async (_, answer, statusCode, reason) => {
    await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    shop.answer = answer;
    start({ ladderMs: [0, 60_000], timeoutMs: 200 });
    const delivery = await theDelivery(({ attempts }) => attempts.length === 1);
    expect(delivery).toMatchObject({ status: 'PENDING', attempts: [{ statusCode, reason }] });
  });

  test('410: the endpoint is disabled, the others hear of it, and what was pending waits', async () => {
    const gone = await endpointAt(hooks, merchantId, shop);
    const other = await startReceiver();
    const { secret } = await endpointAt(hooks, merchantId, { url: other.url, eventTypes: ['webhook.disabled'] });
    await hooks.sellMany(merchantId, 1);
    shop.answer = status(410);
    start();
    await until(
      () => other.received.length,
      (count) => count === 1,
    );
    const endpoint = await hooks.endpoints.find(merchantId, gone.id);
    expect(endpoint).toMatchObject({ disabledReason: 'GONE', disabledAt: expect.any(Date) });
    const [received] = other.received;
    expect(received && verify(received, secret)).toMatchObject({
      type: 'webhook.disabled',
      data: {
        endpointId: expect.stringMatching(/^whe_/),
        reason: 'GONE',
        disabledAt: endpoint?.disabledAt?.toISOString(),
      },
    });
    shop.answer = status(200);
    await hooks.endpoints.update(merchantId, gone.id, { enabled: true }, new Date());
    await until(
      () => shop.received.length,
      (count) => count === 2,
    );
  });

  test('after five days without one success the endpoint is disabled, and not a day before', async () => {
    const { id } = await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    shop.answer = status(500);
    let days = 0;
    const now = () => new Date(Date.now() + days * 86_400_000);
    start({ ladderMs: [0, 86_400_000, 4 * 86_400_000, 86_400_000], now });
    const attempts = (count: number) => theDelivery((one) => one.attempts.length === count);
    await attempts(1);
    days = 1;
    await attempts(2);
    expect(await hooks.endpoints.find(merchantId, id)).toMatchObject({ disabledAt: null });
    days = 5;
    const disabled = await until(
      () => hooks.endpoints.find(merchantId, id),
      (one) => one?.disabledAt !== null,
    );
    expect(disabled).toMatchObject({ disabledReason: 'FAILING', health: { failures: 3 } });
  });
});

test('one dead shop delays no other, nor does its backlog', async () => {
  const dead = await Promise.all(Array.from({ length: 5 }, () => startReceiver()));
  for (const one of dead) {
    one.answer = () => undefined;
    await endpointAt(hooks, merchantId, one);
  }
  await endpointAt(hooks, merchantId, shop);
  await hooks.sellMany(merchantId, 60);
  const from = performance.now();
  start({ timeoutMs: 10_000 });
  await until(
    () => shop.received.length,
    (count) => count === 60,
    9_000,
  );
  expect(performance.now() - from).toBeLessThan(9_000);
  for (const one of dead) expect(one.received).toHaveLength(8);
  for (const { sender } of couriers) sender.close();
});

describe('the secret', () => {
  test('rotated: both sign for a day, then the new one alone', async () => {
    const { id, secret: old } = await endpointAt(hooks, merchantId, shop);
    let aheadMs = 0;
    const now = () => new Date(Date.now() + aheadMs);
    const rotated = await rotateSecret(
      { endpoints: hooks.endpoints, secrets: sealedSecrets(SECRET_KEY), clock: { now } },
      { merchantId, id, sure: async () => undefined },
    );
    const fresh = rotated.kind === 'secret' ? rotated.secret : '';
    expect(fresh).not.toBe(old);
    start({ now });
    const told = async (count: number) => {
      await hooks.sellMany(merchantId, 1);
      const received = await until(
        () => shop.received,
        ({ length }) => length === count,
      );
      return received.at(-1) ?? expect.unreachable();
    };
    const during = await told(1);
    for (const secret of [old, fresh]) verify(during, secret);
    aheadMs = 24 * 3_600_000;
    const after = await told(2);
    verify(after, fresh);
    expect(() => verify(after, old)).toThrow('No matching signature');
  });

  test('sealed under another SECRET_KEY, nothing is sent and nothing lost', async () => {
    await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    const wrong = start({ secretKey: 'x'.repeat(32) });
    await theDelivery(() => true);
    await until(
      () => hooks.rows('select from webhook_queue where taken_until is not null'),
      ({ length }) => length === 1,
    );
    await wrong.stop();
    expect(shop.received).toEqual([]);
    await hooks.rows(`update webhook_queue set taken_until = null`);
    start();
    await theDelivery(({ status: is }) => is === 'SUCCEEDED');
  });
});

describe('a worker that stops', () => {
  test('gives back what it could not finish, and another one sends it with the same id', async () => {
    await endpointAt(hooks, merchantId, shop);
    await hooks.sellMany(merchantId, 1);
    shop.answer = () => undefined;
    const stopping = start({ timeoutMs: 60_000 });
    await until(
      () => shop.received.length,
      (count) => count === 1,
    );
    await stopping.stop();
    expect(stopping.delivered).toEqual([{ kind: 'abandoned', disabled: undefined }]);
    shop.answer = status(200);
    start();
    expect(await theDelivery(({ status: is }) => is === 'SUCCEEDED')).toMatchObject({
      attempts: [{ statusCode: 200 }],
    });
    expect(new Set(shop.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});
