// Subscriptions over server-sent events, as the protocol's own client and as plain fetch see them.
import { createClient } from 'graphql-sse';
import { beforeAll, expect, test } from 'vitest';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { FollowSaleSubscription } from '../support/gql/graphql.ts';
import type { Variables } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, newOrder, STATUS } from '../support/sale.ts';
import { until } from '../support/until.ts';

let gateway: Gateway;

beforeAll(async () => {
  const { url, close } = await startAlipay();
  gateway = await startGateway(alipayEnv(url));
  return close;
});

function follow(orderId: string, after: number) {
  const client = createClient({
    url: `${gateway.url}/graphql/stream`,
    headers: { authorization: `Bearer ${gateway.apiKey}` },
    retryAttempts: 0,
  });
  const events: (readonly [number, string])[] = [];
  const ended = new Promise<unknown>((resolve) => {
    client.subscribe<FollowSaleSubscription>(
      { query: STATUS, variables: { orderId, after } },
      {
        next: ({ data }) => data && events.push([data.paymentStatus.version, data.paymentStatus.status]),
        complete: () => resolve('completed'),
        error: resolve,
      },
    );
  });
  return { events, ended, leave: () => client.dispose() };
}

const EVENT_STREAM = { accept: 'text/event-stream' };

interface Sent {
  readonly headers?: Record<string, string>;
  readonly variables?: Variables;
  readonly signal?: AbortSignal;
}

/** Asks by plain fetch. */
async function streamRaw(query: string, { headers = {}, variables = {}, ...init }: Sent = {}) {
  const asked = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  return fetch(`${gateway.url}/graphql/stream?${asked}`, {
    headers: { ...EVENT_STREAM, authorization: `Bearer ${gateway.apiKey}`, ...headers },
    ...init,
  });
}

const VERSIONS = graphql(`
  subscription VersionsOfSale($orderId: ID!) { paymentStatus(orderId: $orderId) { version } }
`);
const TOKEN = graphql(`mutation TokenByGet { issueSubmissionToken { token } }`);

async function connections(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^kassa_connections (\d+)$/m.exec(text)?.[1]);
}

test('the client of the protocol sees an order paid, and resumes; who leaves is forgotten', async () => {
  const { id, merchantOrderNo } = await createOrder(gateway, newOrder());
  const first = follow(id, 0);
  await until(
    () => first.events,
    (seen) => seen.length === 1,
  );
  expect((await notify(gateway, notice(paidFields(merchantOrderNo, '8.88')))).body).toBe('success');
  await until(
    () => first.events,
    (seen) => seen.length === 2,
  );
  expect(first.events).toEqual([
    [1, 'PENDING'],
    [2, 'PAID'],
  ]);
  first.leave();
  const second = follow(id, 1);
  await until(
    () => second.events,
    (seen) => seen.length === 1,
  );
  expect(second.events).toEqual([[2, 'PAID']]);
  second.leave();
  await until(connections, (count) => count === 0);
});

test('plain fetch reads events as text; a client token opens its own order and no other', async () => {
  const [mine, other] = [await createOrder(gateway, newOrder()), await createOrder(gateway, newOrder())];
  const headers = { authorization: `Bearer ${mine.clientToken}` };
  const leave = new AbortController();
  const versionsOf = (orderId: string, signal?: AbortSignal) =>
    streamRaw(VERSIONS.toString(), { headers, variables: { orderId }, ...(signal && { signal }) });
  const response = await versionsOf(mine.id, leave.signal);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('version')) text += (await reader?.read())?.value ?? '';
  expect(text).toContain('event: next\ndata: {"data":{"paymentStatus":{"version":1}}}');
  leave.abort();
  const refused = await versionsOf(other.id);
  expect(await refused.text()).toContain('ORDER_NOT_FOUND');
});

test.each<[string, number, Record<string, string>, string]>([
  ['no credential', 401, { authorization: '' }, 'UNAUTHENTICATED'],
  ['a wrong credential', 401, { authorization: 'Bearer x' }, 'UNAUTHENTICATED'],
  ['another Accept', 406, { accept: 'application/json' }, 'text/event-stream'],
])('%s: %i', async (_, status, headers, said) => {
  const response = await streamRaw(VERSIONS.toString(), { headers });
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(said);
});

test('a mutation by GET is refused; a document over the limits is refused as everywhere', async () => {
  expect((await streamRaw(TOKEN.toString())).status).toBe(405);
  const deep = `{ order(ref: { id: "x" }) ${'{ payments { order '.repeat(8)} { id } ${'} }'.repeat(8)} }`;
  for (const query of [deep, '{ nonsense }', '{'])
    expect(await (await streamRaw(query)).text()).toMatch(/^:\n\nevent: next\ndata: \{"data":null,"errors":\[/);
});

test('tokens, with which one stream would carry many operations, are not given', async () => {
  const response = await fetch(`${gateway.url}/graphql/stream`, { method: 'PUT' });
  expect(response.status).toBe(404);
});

test('on SIGTERM a stream ends without a complete, so that its client comes back', async () => {
  const { id } = await createOrder(gateway, newOrder());
  const { events, ended } = follow(id, 0);
  await until(
    () => events,
    (seen) => seen.length === 1,
  );
  expect(await gateway.stop()).toEqual({ code: 0, signal: null });
  expect(await ended).toBeInstanceOf(Error);
});
