// A gateway and a worker as two processes: what the one begins the other ends, and the buyer's page sees it at once.
import { beforeAll, expect, test } from 'vitest';
import { type Counter, counter, isQuiet } from '../support/counter.ts';
import { type Gateway, newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { follow } from '../support/sale.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';
import { startSharedSandbox } from '../support/sandbox-process.ts';

let gateway: Gateway;
let worker: Gateway;
let till: Counter;
let alipay: SandboxClient;

beforeAll(async () => {
  const sandbox = await startSharedSandbox();
  const pace = { CHECK_INTERVAL_SECONDS: '0.5', AUTH_CODE_DEADLINE_SECONDS: '2' };
  const shared = { ...sandbox.env, ...pace, DATABASE_URL: await ownDatabase(), API_KEY: newApiKey() };
  [gateway, worker] = await Promise.all([
    startGateway({ ...shared, ROLE: 'gateway' }),
    startGateway({ ...shared, ROLE: 'worker' }),
  ]);
  till = counter(gateway);
  alipay = sandboxClient(sandbox);
});

test('each says what it is; a worker answers its operator and nobody else', async () => {
  expect(gateway.stdout()).toContain('ROLE=gateway');
  expect(worker.stdout()).toContain('ROLE=worker');
  expect(worker.stdout()).not.toContain('/pos');
  const statusOf = async (path: string, init?: RequestInit) => (await fetch(`${worker.url}${path}`, init)).status;
  const asked = ['/healthz', '/readyz', '/metrics', '/graphql', '/pos', '/alipay/return'];
  expect(await Promise.all(asked.map((path) => statusOf(path)))).toEqual([200, 200, 200, 404, 404, 404]);
  expect(await statusOf('/alipay/notify', { method: 'POST', body: 'a=b' })).toBe(404);
});

test('a lost notification: the worker asks, and the subscriber of the gateway sees it within a second', async () => {
  const { id, merchantOrderNo: outTradeNo } = await till.open();
  const { qrCode } = await till.qrCode(id);
  await alipay.fault({ on: 'notify', kind: 'drop', count: 100, outTradeNo });
  const feed = follow(gateway, { orderId: id, after: 0 });
  await feed.count(2);
  await alipay.scan(qrCode?.content ?? '');
  await alipay.pay(outTradeNo);
  const paid = (await feed.count(3, 8_000)).at(-1);
  expect(Date.now() - Date.parse(paid?.occurredAt ?? '')).toBeLessThan(1_000);
  expect(paid).toMatchObject({ type: 'payment.succeeded', status: 'PAID' });
  feed.stop();
});

test('two refunds: the gateway sends the first, the worker the second; a code in doubt is cancelled by the worker', async () => {
  const { id, merchantOrderNo: outTradeNo } = await till.open();
  const { authCode } = await alipay.authCode();
  expect((await till.scanned(id, authCode)).status).toBe('SUCCEEDED');
  await till.refund(id, 'A', '1.00');
  expect(await till.refund(id, 'B', '2.00')).toMatchObject({ __typename: 'Refund', status: 'PENDING' });

  const doubtful = await till.open({ amount: '8801.71' });
  const second = await alipay.authCode();
  expect((await till.scanned(doubtful.id, second.authCode)).status).toMatch(/^(UNKNOWN|AWAITING_BUYER)$/);

  expect(await till.becomes(id, isQuiet, 12_000)).toMatchObject({ refundedAmount: '3.00' });
  expect((await theTrade(alipay, outTradeNo)).refunds.map(({ amount }) => amount)).toEqual(['1.00', '2.00']);
  const over = await till.becomes(doubtful.id, isQuiet, 12_000);
  expect(over.payments.map(({ status }) => status)).toEqual(['FAILED']);
});

test('the gateway has looked at no order by itself, and the worker at some', async () => {
  const checksOf = async ({ url }: Gateway) =>
    (await (await fetch(`${url}/metrics`)).text()).match(/^kassa_checks_total\{/gm);
  expect(await checksOf(gateway)).toBeNull();
  expect(await checksOf(worker)).not.toBeNull();
});
