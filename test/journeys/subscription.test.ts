// What a frontend that follows an order is promised.
import { hash } from 'node:crypto';
import { Client } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, newApiKey, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, openFeed, openRawFeed } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, follow, newOrder, precreate, STATUS } from '../support/sale.ts';
import { until } from '../support/until.ts';

let gateway: Gateway;

const ANYTHING = graphql(`query Anything { __typename }`);

beforeAll(async () => {
  const { url, close } = await startAlipay();
  gateway = await startGateway(alipayEnv(url));
  return close;
});

interface Sold {
  readonly id: string;
  pay(): Promise<void>;
  /** Alipay tells that so much has been given back in all. */
  refund(total: string): Promise<void>;
}

async function sold(): Promise<Sold> {
  const { id, merchantOrderNo } = await createOrder(gateway, newOrder());
  await precreate(gateway, { id });
  const paid = paidFields(merchantOrderNo, '8.88');
  const tell = async (more: Record<string, string>) => {
    const fields = { ...paid, notify_id: `${paid.notify_id}${more.refund_fee ?? ''}`, ...more };
    expect((await notify(gateway, notice(fields))).body).toBe('success');
  };
  return {
    id,
    pay: () => tell({}),
    refund: (total) => tell({ refund_fee: total, gmt_refund: '2026-11-23 11:00:00', out_biz_no: `R${total}` }),
  };
}

test('without after: the present state first, then what follows', async () => {
  const { id, pay } = await sold();
  const feed = follow(gateway, { orderId: id });
  const [snapshot] = await feed.count(1);
  expect(snapshot).toMatchObject({ version: 2, type: 'payment.precreated', status: 'PENDING', orderId: id });
  await pay();
  expect(await feed.count(2, 1_000)).toMatchObject([{ version: 2 }, { version: 3, status: 'PAID' }]);
  feed.stop();
});

test.each([0, 1, 2, 3, 4])('after %i: every later event once, in order, then the live ones', async (after) => {
  const { id, pay, refund } = await sold();
  await pay();
  await refund('1.00');
  const missed = [1, 2, 3, 4].filter((version) => version > after);
  const feed = follow(gateway, { orderId: id, after });
  await feed.count(missed.length);
  await refund('2.00');
  await feed.count(missed.length + 1);
  expect(feed.versions()).toEqual([...missed, 5]);
  feed.stop();
});

test('it ends by itself after the last cent is given back, and for a late comer too', async () => {
  const { id, pay, refund } = await sold();
  const feed = follow(gateway, { orderId: id, after: 0 });
  await pay();
  await refund('8.88');
  expect(await feed.ended).toEqual({ kind: 'completed' });
  expect(feed.events().at(-1)).toMatchObject({ type: 'refund.succeeded', status: 'REFUNDED' });
  const late = follow(gateway, { orderId: id, after: 0 });
  expect(await late.ended).toEqual({ kind: 'completed' });
  expect(late.versions()).toEqual([1, 2, 3, 4]);
  const last = follow(gateway, { orderId: id, after: 4 });
  expect(await last.ended).toEqual({ kind: 'completed' });
  expect(last.versions()).toEqual([]);
});

test('twenty frontends see the same', async () => {
  const { id, pay } = await sold();
  const feeds = Array.from({ length: 20 }, () => follow(gateway, { orderId: id, after: 0 }));
  await Promise.all(feeds.map((feed) => feed.count(2)));
  await pay();
  await Promise.all(feeds.map((feed) => feed.count(3)));
  for (const feed of feeds) {
    expect(feed.versions()).toEqual([1, 2, 3]);
    feed.stop();
  }
});

test('those who leave are forgotten', async () => {
  const { id } = await sold();
  const feeds = Array.from({ length: 20 }, () => follow(gateway, { orderId: id }));
  await Promise.all(feeds.map((feed) => feed.count(1)));
  expect(await subscribers()).toBeGreaterThanOrEqual(20);
  for (const feed of feeds) feed.stop();
  await until(subscribers, (count) => count === 0);
});

async function subscribers(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^kassa_subscribers (\d+)$/m.exec(text)?.[1]);
}

test('what went wrong over a socket is counted as that', async () => {
  const counted = async (labels: string) => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.includes(`operations_total{${labels}}`))
        ?.split(' ')[1] ?? 0,
    );
  };
  const lost = 'operation="subscription.paymentStatus",outcome="error"';
  const refused = 'operation="refused",outcome="error"';
  const before = [await counted(lost), await counted(refused)];
  await follow(gateway, { orderId: 'ord_none' }).ended;
  await openRawFeed(gateway, { query: '{ nothing }' }).ended;
  expect([await counted(lost), await counted(refused)]).toEqual(before.map((count) => count + 1));
});

test.each<[string, Record<string, unknown>]>([
  ['nothing', {}],
  ['a wrong key', { authorization: `Bearer ${'x'.repeat(40)}` }],
  ['a key without Bearer', { authorization: 'x' }],
  ['a number', { authorization: 7, clientToken: 7 }],
  ['a list', { clientToken: ['x'] }],
  ['a very long word', { clientToken: 'x'.repeat(10_000) }],
])('%s opens no socket: 4403', async (_, connectionParams) => {
  const feed = openFeed(gateway, ANYTHING, { variables: {}, connectionParams });
  expect(await feed.ended).toEqual({ kind: 'closed', code: 4403 });
});

test.each([
  ['an order that is not there', { orderId: 'ord_01jd000000e0000000000000zz' }, 'There is no such order'],
  ['no id at all', { orderId: "'; drop table orders; --" }, 'There is no such order'],
  ['a negative after', { orderId: 'x', after: -1 }, 'after must not be negative'],
])('%s is refused with a reason', async (_, variables, message) => {
  const feed = follow(gateway, variables);
  await feed.ended;
  expect(feed.answers).toMatchObject([{ errors: [{ message }] }]);
});

test('a revoked key ends what it opened, though nothing happens on the socket', async () => {
  const { id } = await sold();
  const key = newApiKey();
  const keys = new Client(gateway.env.DATABASE_URL);
  await keys.connect();
  await keys.query(
    `insert into api_keys (merchant_id, id, hash, label, created_at)
     select merchant_id, gen_random_uuid(), $1, 'second', now() from api_keys limit 1`,
    [hash('sha256', key, 'buffer')],
  );
  const feed = follow({ ...gateway, apiKey: key }, { orderId: id });
  await feed.count(1);
  await keys.query(`delete from api_keys where label = 'second'`);
  await keys.end();
  const revokedAt = performance.now();
  expect(await feed.ended).toEqual({ kind: 'closed', code: 4403 });
  expect(performance.now() - revokedAt).toBeLessThan(5_000);
  const still = follow(gateway, { orderId: id });
  expect(await still.count(1)).toHaveLength(1);
  still.stop();
});

interface Raw {
  readonly socket: WebSocket;
  readonly heard: { type: string; id?: string }[];
  readonly closed: Promise<number>;
  send(message: object): void;
}

async function rawSocket(): Promise<Raw> {
  const socket = new WebSocket(gateway.wsUrl, 'graphql-transport-ws');
  const heard: { type: string; id?: string }[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, heard, closed, send: (message) => socket.send(JSON.stringify(message)) };
}

async function acknowledged(): Promise<Raw> {
  const raw = await rawSocket();
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${gateway.apiKey}` } });
  await until(
    () => raw.heard.map(({ type }) => type),
    (types) => types.includes('connection_ack'),
  );
  return raw;
}

test('one socket holds a hundred operations and refuses the next, which costs the others nothing', async () => {
  const { id, pay } = await sold();
  const { heard, send, socket } = await acknowledged();
  const payload = { query: STATUS, variables: { orderId: id } };
  for (let n = 1; n <= 101; n++) send({ type: 'subscribe', id: String(n), payload });
  const count = (type: string) => heard.filter((one) => one.type === type).length;
  await until(
    () => [count('next'), count('error')],
    ([next, error]) => next === 100 && error === 1,
  );
  await pay();
  await until(
    () => count('next'),
    (next) => next === 200,
  );
  socket.terminate();
});

test.each<[string, number, (raw: Raw) => void]>([
  [
    'an operation before the greeting',
    4401,
    ({ send }) => send({ type: 'subscribe', id: '1', payload: { query: ANYTHING } }),
  ],
  ['no JSON', 4400, ({ socket }) => socket.send('{')],
  ['a message of 100 KB', 1009, ({ socket }) => socket.send('x'.repeat(100_000))],
])('%s closes the socket', async (_, code, misbehave) => {
  const raw = await rawSocket();
  misbehave(raw);
  expect(await raw.closed).toBe(code);
});

test('a second greeting and a second use of an id close the socket', async () => {
  const greeted = await acknowledged();
  greeted.send({ type: 'connection_init', payload: { authorization: `Bearer ${gateway.apiKey}` } });
  expect(await greeted.closed).toBe(4429);
  const { id } = await sold();
  const busy = await acknowledged();
  for (let n = 0; n < 2; n++)
    busy.send({ type: 'subscribe', id: 'same', payload: { query: STATUS, variables: { orderId: id } } });
  expect(await busy.closed).toBe(4409);
});

test('WebSockets open nowhere else', async () => {
  const socket = new WebSocket(gateway.wsUrl.replace('/graphql', '/pos'), 'graphql-transport-ws');
  const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
  expect(error.message).toContain('404');
  expect((await ask(gateway, ANYTHING)).status).toBe(200);
});
