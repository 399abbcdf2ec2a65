// Two gateways on one database, as callers in a hurry meet them.
import { beforeAll, expect, test } from 'vitest';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { openRawFeed } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, newOrder } from '../support/sale.ts';

const A_SECOND = 20;
const BURST = 2 * A_SECOND;

let near: Gateway;
/** Behind a proxy on this machine. */
let far: Gateway;

beforeAll(async () => {
  const { url, close } = await startAlipay();
  const env = { ...alipayEnv(url), DATABASE_URL: await ownDatabase(), API_KEY: newApiKey(), RATE_LIMIT: `${A_SECOND}` };
  [near, far] = await Promise.all([startGateway(env), startGateway({ ...env, TRUST_PROXY: '127.0.0.1, ::1' })]);
  return close;
});

async function post({ url }: Gateway, key: string, from?: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      ...(from !== undefined && { 'x-forwarded-for': from }),
    },
    body: '{"query":"{ __typename }"}',
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
}

const burstOf = <Value>(count: number, ask: (n: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, n) => ask(n)));

test('a verified notification is heard, however many forged ones come from the same address', async () => {
  const order = await createOrder(near, newOrder());
  const paid = notice(paidFields(order.merchantOrderNo, '8.88'));
  const forged = paid.toString().replace('sign=', 'sign=AAAA');
  const replies = await burstOf(2 * BURST, () => notify(near, forged));
  expect(new Set(replies.map(({ body }) => body))).toEqual(new Set(['failure']));
  expect(replies.map(({ status }) => status)).toContain(429);
  expect(await notify(near, paid)).toMatchObject({ status: 200, body: 'success' });
});

test('who guesses waits, and neither a header nor the haste of another address changes that', async () => {
  const guesses = await burstOf(30, () => post(near, newApiKey()));
  expect(guesses.map(({ status }) => status)).toContain(401);
  const more = await burstOf(10, (n) => post(near, newApiKey(), `192.0.2.${n}`));
  expect(new Set(more.map(({ status }) => status))).toEqual(new Set([429]));
  const [told] = more;
  expect(Number(told?.retryAfter)).toBeGreaterThanOrEqual(1);
  expect(JSON.parse(told?.text ?? '').errors[0]).toMatchObject({
    message: expect.stringMatching(
      /^Too many requests without a valid credential from this address: try again in \d+ s$/,
    ),
    extensions: { code: 'RATE_LIMITED', limit: 'ADDRESS', retryAfterSeconds: Number(told?.retryAfter) },
  });
  // A till that was here before is let in; the proxy's word counts where it is trusted.
  expect((await post(near, near.apiKey)).status).toBe(200);
  const proxied = await burstOf(10, (n) => post(far, newApiKey(), `10.9.9.9, 192.0.2.${n}`));
  expect(new Set(proxied.map(({ status }) => status))).toEqual(new Set([401]));
});

test('both gateways together let a credential through as often as one', async () => {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const busy = async (gateway: Gateway) => {
    let passed = 0;
    while (seconds() < 3) if ((await post(gateway, gateway.apiKey)).status === 200) passed += 1;
    return passed;
  };
  const passed = await Promise.all([near, near, far, far].map(busy));
  // The rate, a tenth for each gateway that it keeps to itself, both bursts, and half a second until they hear each other.
  const most = A_SECOND * seconds() * 1.2 + 2 * BURST + A_SECOND;
  expect(passed.reduce((all, one) => all + one)).toBeLessThanOrEqual(most);
});

test('a socket and a stream are told in words of their own', async () => {
  const feeds = await burstOf(3 * BURST, async () => openRawFeed(near, { query: '{ __typename }' }).ended);
  const refused = feeds.flatMap((end) => (end.kind === 'refused' ? end.errors : []));
  expect(refused[0]).toMatchObject({ extensions: { code: 'RATE_LIMITED', limit: 'CREDENTIAL' } });
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${near.apiKey}` };
  const streams = await burstOf(2 * BURST, async () => {
    const response = await fetch(`${near.url}/graphql/stream?query={__typename}`, { headers });
    return { retryAfter: response.headers.get('retry-after'), text: await response.text() };
  });
  const limited = streams.find(({ retryAfter }) => retryAfter !== null);
  expect(Number(limited?.retryAfter)).toBeGreaterThanOrEqual(1);
  expect(JSON.parse(limited?.text ?? '')).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
});

test('the figures say which limit, never who', async () => {
  const text = await (await fetch(`${near.url}/metrics`)).text();
  const limits = [...text.matchAll(/^kassa_rate_limited_total\{(.*)\} \d+$/gm)].map((match) => match[1]);
  expect(limits.sort()).toEqual(['limit="address"', 'limit="credential"', 'limit="notification"']);
});
