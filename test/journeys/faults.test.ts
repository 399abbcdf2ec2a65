// Production: what the gateway tells nobody, and what it says when its database is gone.
import { Client } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { app, bare } from '../alipay/keys.ts';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, askRaw, dataOf, openRawFeed } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { CREATE, createOrder, follow, newOrder, precreate, READ } from '../support/sale.ts';
import { until } from '../support/until.ts';

const CURSORS = graphql(`query Cursors { orders { edges { cursor } } }`);
const TOKEN = graphql(`mutation Token { issueSubmissionToken { token } }`);

let gateway: Gateway;
let alipayUrl: string;

beforeAll(async () => {
  const { url, close } = await startAlipay();
  alipayUrl = url;
  gateway = await startGateway({ ...alipayEnv(url), NODE_ENV: 'production', LOG_LEVEL: 'trace' });
  return close;
});

const INTROSPECTIONS = ['{ __schema { types { name } } }', '{ __type(name: "Order") { name } }'];

test('introspection, suggestions, the landing page and the till that signs in by itself are off', async () => {
  for (const query of INTROSPECTIONS) {
    const { status, data } = await askRaw(gateway, query);
    expect([status, data]).toEqual([400, undefined]);
    expect((await openRawFeed(gateway, { query }).ended).kind).toBe('refused');
  }
  const inDocument = { query: '{ ordrs { edges { cursor } } }', variables: {} };
  const inVariables = {
    query: READ.toString(),
    variables: { ref: { merchantOrderNr: 'x' } },
  };
  for (const asked of [inDocument, inVariables]) {
    const feed = openRawFeed(gateway, asked);
    const said = [await askRaw(gateway, asked.query, asked.variables), await feed.ended, feed.answers];
    expect(JSON.stringify(said)).toMatch(/ordrs|merchantOrderNr/);
    expect(JSON.stringify(said)).not.toContain('Did you mean');
  }
  const page = await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(await page.text()).not.toContain('<html');
  expect((await fetch(`${gateway.url}/pos/session`)).status).toBe(404);
});

test('health, readiness and figures', async () => {
  expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ status: 'alive' });
  expect(await (await fetch(`${gateway.url}/readyz`)).json()).toEqual({ status: 'ready' });
  const input = newOrder();
  await precreate(gateway, { id: (await createOrder(gateway, input)).id });
  const body = notice(paidFields(input.merchantOrderNo, '8.88'));
  for (let copy = 0; copy < 3; copy++) await notify(gateway, body);
  await notify(gateway, 'forged=1');
  const metrics = await fetch(`${gateway.url}/metrics`);
  const text = await metrics.text();
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
  for (const line of [
    /^kassa_graphql_operations_total\{operation="mutation.createOrder",outcome="ok"\} [1-9]/m,
    /^kassa_notifications_total\{verdict="applied"\} 1$/m,
    /^kassa_notifications_total\{verdict="repeated"\} 2$/m,
    /^kassa_notifications_total\{verdict="foreign_app"\} [1-9]/m,
    /^kassa_alipay_call_seconds_count\{method="alipay.trade.precreate",outcome="accepted"\} [1-9]/m,
    /^kassa_orders\{status="PAID"\} 1$/m,
    /^kassa_pool_connections\{state="waiting"\} 0$/m,
    /^kassa_subscribers 0$/m,
    /^process_cpu_seconds_total /m,
  ])
    expect(text).toMatch(line);
});

test('secrets and what buyers and merchants wrote are in no log line and no figure', async () => {
  const input = newOrder({ subject: 'canary-subject', body: 'canary-body', metadata: { canary: 'canary-metadata' } });
  const order = await createOrder(gateway, input);
  await precreate(gateway, { id: order.id });
  const feed = follow(gateway, { orderId: order.id, connectionParams: { clientToken: order.clientToken } });
  await feed.count(1);
  feed.stop();
  const fields = paidFields(input.merchantOrderNo, '8.88', {
    buyer_id: 'canary-buyer',
    buyer_logon_id: 'canary-logon',
  });
  const body = notice(fields);
  const sign = new URLSearchParams(body.toString()).get('sign') ?? '';
  expect((await notify(gateway, body, { query: '?x=canary-query' })).body).toBe('success');
  await notify(gateway, `${body}&canary=1`);
  await notify(gateway, notice({ ...fields, notify_id: 'other', total_amount: '1.00' }));
  await ask({ ...gateway, apiKey: 'canary-wrong-key-'.repeat(3) }, CURSORS);
  await ask({ ...gateway, apiKey: order.clientToken }, CURSORS);
  await askRaw(gateway, 'query canaryOperation { canaryField }');
  await fetch(`${gateway.url}/pay/${order.id}?canary-query`);
  const { issueSubmissionToken } = await dataOf(ask(gateway, TOKEN));
  await fetch(`${gateway.url}/canary-path`);
  await until(gateway.stderr, (logged) => logged.includes('"route":"none"'));
  const said = gateway.stdout() + gateway.stderr() + (await (await fetch(`${gateway.url}/metrics`)).text());
  expect(said).toContain('"route":"/alipay/notify"');
  for (const secret of [
    gateway.apiKey,
    order.clientToken,
    issueSubmissionToken.token,
    sign.slice(0, 20),
    encodeURIComponent(sign).slice(0, 20),
    bare(app.privateKey, 'pkcs8').slice(100, 140),
    'canary',
    new URL(gateway.env.DATABASE_URL ?? '').password,
  ])
    expect(said).not.toContain(secret);
});

test('every log line is one JSON object', () => {
  const lines = gateway.stderr().trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
});

test('a database that is gone: a fault with an id and nothing of the inside, failure to Alipay, not ready', async () => {
  const broken = await startGateway({ ...alipayEnv(alipayUrl), NODE_ENV: 'production' });
  const input = newOrder();
  const order = await createOrder(broken, input);
  await dropDatabase(broken.env.DATABASE_URL ?? '');

  const read = await ask(broken, CURSORS);
  const written = await ask(broken, CREATE, { input: newOrder() });
  const feed = follow(broken, { orderId: order.id });
  await feed.ended;
  for (const { errors } of [read, written, feed.answers[0] ?? {}]) {
    const text = JSON.stringify(errors);
    expect(text).not.toMatch(/select|insert|database|postgres|kassa_test|\.js|\bat /i);
    expect(errors?.[0]?.extensions?.code).toBe('INTERNAL_SERVER_ERROR');
    const faultId = errors?.[0]?.extensions?.faultId ?? '-';
    expect(errors?.[0]?.message).toBe(`Unexpected fault ${faultId}`);
    await until(broken.stderr, (logged) => logged.includes(faultId));
  }
  const reply = await notify(broken, notice(paidFields(input.merchantOrderNo, '8.88')));
  expect(reply.body).toBe('failure');
  const ready = await fetch(`${broken.url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('database')]);
  expect((await fetch(`${broken.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${broken.url}/metrics`)).status).toBe(200);
  expect(await broken.stop()).toEqual({ code: 0, signal: null });
});

async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  const admin = new Client(Object.assign(new URL(url), { pathname: '/postgres' }).href);
  await admin.connect();
  await admin.query(`drop database ${name} with (force)`);
  await admin.end();
}

test('connections that the database drops cost nothing that lasts', async () => {
  const survivor = await startGateway(alipayEnv(alipayUrl));
  const input = newOrder();
  const order = await createOrder(survivor, input);
  const feed = follow(survivor, { orderId: order.id });
  await feed.count(1);
  const admin = new Client(survivor.env.DATABASE_URL);
  await admin.connect();
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await admin.end();
  await until(
    async () => (await ask(survivor, CURSORS)).errors,
    (errors) => errors === undefined,
  );
  expect((await notify(survivor, notice(paidFields(input.merchantOrderNo, '8.88')))).body).toBe('success');
  expect((await feed.count(2)).at(-1)).toMatchObject({ status: 'PAID' });
  feed.stop();
});
