// A scanned payment code: paid, refused, or "maybe", and how a maybe ends.
import { beforeAll, expect, test } from 'vitest';
import { dumpOf, releaseChecks } from '../support/behind.ts';
import { type Counter, counter, isQuiet, MUTATIONS } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { ask, askRaw } from '../support/graphql-client.ts';
import { follow } from '../support/sale.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;
/** Every code that was scanned: none may be found again anywhere. */
const codes: string[] = [];

beforeAll(async () => {
  gateway = await startGateway({ AUTH_CODE_DEADLINE_SECONDS: '3', CHECK_INTERVAL_SECONDS: '1', LOG_LEVEL: 'trace' });
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

async function newCode(): Promise<string> {
  const { authCode } = await alipay.authCode();
  codes.push(authCode);
  return authCode;
}

async function untilThere(outTradeNo: string, status: string): Promise<void> {
  await until(
    () => tradesOf(outTradeNo),
    ([trade]) => trade?.status === status,
  );
}

async function tradesOf(outTradeNo: string) {
  return (await alipay.trades({ outTradeNo })).trades;
}

test('an ordinary code: paid at once, and the same code again answers the same payment', async () => {
  const { id, merchantOrderNo } = await till.open();
  const code = await newCode();
  const paid = await till.scanned(id, code);
  expect(paid).toMatchObject({ __typename: 'Payment', method: 'AUTH_CODE', status: 'SUCCEEDED', failure: null });
  expect(await till.sale(id)).toMatchObject({ status: 'PAID', payments: [{ outTradeNo: merchantOrderNo }] });
  expect(await till.scanned(id, code)).toEqual(paid);
  expect(await till.scanned(id, await newCode())).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  expect(await theTrade(alipay, merchantOrderNo)).toMatchObject({ status: 'TRADE_SUCCESS', madeBy: 'pay' });
});

test.each([
  ['8801.75', 'BUYER_BALANCE_NOT_ENOUGH'],
  ['8801.76', 'PAYMENT_AUTH_CODE_INVALID'],
  ['8801.78', 'PAYMENT_FAIL'],
  ['8801.79', 'PULL_MOBILE_CASHIER_FAIL'],
  ['8801.80', 'PAYMENT_REQUEST_HAS_RISK'],
])(
  '%s: FAILED, %s, said in both languages; another code under the same number is not refused for that',
  async (amount, subCode) => {
    const { id, merchantOrderNo } = await till.open({ amount });
    const refused = await till.scanned(id, await newCode());
    expect(refused).toMatchObject({ __typename: 'Payment', status: 'FAILED', failure: { subCode } });
    expect(refused.failure?.message).toMatch(/^[ -~]{10,}$/);
    expect(refused.failure?.messageZh).toMatch(/\p{Script=Han}{4,}/u);
    expect(await till.scanned(id, await newCode())).toMatchObject({ status: 'FAILED', outTradeNo: merchantOrderNo });
    const sale = await till.sale(id);
    expect([sale.status, sale.payments.length]).toEqual(['PENDING', 2]);
    expect(await tradesOf(merchantOrderNo)).toEqual([]);
  },
);

test('88xx.71: the phone asks for the password; another code waits; paid, and the frontend sees it live', async () => {
  const { id, merchantOrderNo } = await till.open({ amount: '8801.71' });
  const feed = follow(gateway, { orderId: id, after: 0 });
  const code = await newCode();
  const asked = await till.scanned(id, code);
  expect(asked).toMatchObject({ status: 'AWAITING_BUYER' });
  expect((await till.scanned(id, code)).id).toBe(asked.id);
  for (const refused of [
    await till.scanned(id, await newCode()),
    await till.qrCode(id),
    await till.redirect(id, { method: 'PAGE' }),
    await till.move('cancelOrder', id),
  ])
    expect(refused).toMatchObject({ __typename: 'PaymentUnresolved', code: 'PAYMENT_UNRESOLVED' });
  await alipay.pay(merchantOrderNo);
  const events = await feed.count(4);
  expect(events.at(-1)).toMatchObject({ type: 'payment.succeeded', status: 'PAID', paymentStatus: 'SUCCEEDED' });
  expect(events.map(({ version }) => version)).toEqual(events.map((_, n) => n + 1));
  feed.stop();
});

test.concurrent.each([
  // amount    is at Alipay          ends here
  ['8801.71', 'TRADE_CLOSED', 'FAILED'], // nobody types the password
  ['8801.72', 'TRADE_SUCCESS', 'SUCCEEDED'],
  ['8801.73', 'TRADE_CLOSED', 'FAILED'],
  ['8801.74', undefined, 'FAILED'],
  ['8801.77', undefined, 'FAILED'],
])('%s in doubt: %s there, %s here, never in doubt', async (amount, there, here) => {
  const { id, merchantOrderNo } = await till.open({ amount });
  const code = await newCode();
  expect((await till.scanned(id, code)).status).toMatch(/^(UNKNOWN|AWAITING_BUYER)$/);
  const sale = await till.becomes(id, isQuiet, 8_000);
  expect(sale.payments.map(({ status }) => status)).toEqual([here]);
  expect((await till.scanned(id, code)).status).toBe(here);
  const [trade] = await tradesOf(merchantOrderNo);
  expect(trade?.status).toBe(there);
  if (here === 'SUCCEEDED') return expect(sale.status).toBe('PAID');
  const again = await till.scanned(id, await newCode());
  expect(again).toMatchObject({ __typename: 'Payment', method: 'AUTH_CODE' });
  expect(again.outTradeNo).toHaveLength(61);
});

test.concurrent('Alipay hangs: an answer within ten seconds, then the truth', async () => {
  const { id, merchantOrderNo: outTradeNo } = await till.open();
  await alipay.fault({ on: 'alipay.trade.pay', kind: 'delay', delayMs: 20_000, when: 'after', outTradeNo });
  const askedAt = performance.now();
  expect((await till.scanned(id, await newCode())).status).toMatch(/^(UNKNOWN|CREATED|SUCCEEDED)$/);
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  expect((await till.becomes(id, isQuiet)).status).toBe('PAID');
});

test('killed while it collects and while it calls off: every sale ends, and the ledger agrees', async () => {
  const [done, never, off] = [await till.open(), await till.open(), await till.open({ amount: '8802.73' })];
  const slow = { kind: 'delay', delayMs: 20_000 };
  const [one, two] = [done.merchantOrderNo, never.merchantOrderNo];
  await alipay.fault({ ...slow, on: 'alipay.trade.pay', when: 'after', outTradeNo: one });
  await alipay.fault({ ...slow, on: 'alipay.trade.pay', when: 'before', outTradeNo: two });
  await alipay.fault({ ...slow, on: 'alipay.trade.cancel', when: 'after', outTradeNo: off.merchantOrderNo });
  await till.scanned(off.id, await newCode());
  const lost = [done, never].map(async ({ id }) => till.scanned(id, await newCode()).catch(() => 'lost'));
  const { merchantOrderNo: calledOff } = off;
  await untilThere(calledOff, 'TRADE_CLOSED');
  await untilThere(one, 'TRADE_SUCCESS');
  await gateway.kill();
  expect(await Promise.all(lost)).toEqual(['lost', 'lost']);
  await releaseChecks(gateway.env.DATABASE_URL ?? '');
  gateway = await startGateway(gateway.env);
  till = counter(gateway);

  expect((await till.becomes(done.id, isQuiet, 8_000)).status).toBe('PAID');
  for (const { id } of [never, off])
    expect((await till.becomes(id, isQuiet, 12_000)).payments.map(({ status }) => status)).toEqual(['FAILED']);
  expect(await tradesOf(two)).toEqual([]);
  expect((await theTrade(alipay, calledOff)).cancelAction).toBe('close');
});

test('no payment code is in the database, in a log line or in an error', async () => {
  const { id } = await till.open();
  const code = await newCode();
  const wrong = await ask(gateway, MUTATIONS.payByAuthCode, { input: { order: { id }, authCode: `${code}x` } });
  expect(wrong.data).toMatchObject({ payByAuthCode: { code: 'INVALID_INPUT', field: 'authCode' } });
  const broken = await askRaw(gateway, `mutation { payByAuthCode(input: { authCode: "${code}" }) { id } `);
  expect(broken.errors).toBeDefined();
  // GraphQL itself tells whoever sends another type what was sent, and nobody else.
  const input = { order: { id }, authCode: [code] };
  const typed = await askRaw(gateway, MUTATIONS.payByAuthCode.toString(), { input });
  expect(typed.errors).toBeDefined();
  expect((await till.scanned(id, code)).status).toBe('SUCCEEDED');
  const dump = await dumpOf(gateway.env.DATABASE_URL ?? '');
  expect(dump).toContain('payment.succeeded');
  const said = [dump, gateway.stdout(), gateway.stderr(), JSON.stringify([wrong, broken])].join('\n');
  expect(codes.length).toBeGreaterThan(20);
  for (const one of codes)
    for (const canary of [one, Buffer.from(one).toString('hex'), Buffer.from(one).toString('base64').slice(0, 20)])
      expect(said.includes(canary), one).toBe(false);
});
