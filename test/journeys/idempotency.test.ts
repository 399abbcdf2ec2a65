// The same thing asked for many times happens once.
import { beforeAll, expect, test } from 'vitest';
import { type Gateway, newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { createOrder, newOrder, precreate, theOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
});

const ISSUE_TOKEN = graphql(`mutation IssueToken { issueSubmissionToken { token expiresAt } }`);

async function issueToken() {
  return (await dataOf(ask(gateway, ISSUE_TOKEN))).issueSubmissionToken;
}

const fifty = Array.from({ length: 50 }, (_, index) => index);

test('fifty identical orders at once are one order', async () => {
  const input = newOrder({ metadata: { b: 1, a: [1, { y: 2, x: 1 }] } });
  const orders = await Promise.all(fifty.map(() => createOrder(gateway, input)));
  expect(new Set(orders.map(({ __typename }) => __typename))).toEqual(new Set(['Order']));
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  expect((await theOrder(gateway, input.merchantOrderNo)).events).toHaveLength(1);
});

test('the same content in other words is the same order', async () => {
  const input = newOrder({ amount: '8.80', metadata: { b: 1, a: 2 }, body: null });
  const first = await createOrder(gateway, input);
  const { body: _, ...without } = input;
  const again = [
    { ...input, amount: '8.8' },
    { ...without, metadata: { a: 2, b: 1 } },
    { ...input, expiresInMinutes: 30 },
  ];
  for (const input of again) expect((await createOrder(gateway, input)).id).toBe(first.id);
});

test.each([
  ['amount', '8.89'],
  ['subject', 'coffee'],
  ['body', 'hot'],
  ['expiresInMinutes', 31],
  ['storeId', 'S2'],
  ['terminalId', 'T2'],
  ['operatorId', 'bob'],
  ['metadata', { table: 8 }],
])('another %s under the same number is a conflict that changes nothing', async (field, value) => {
  const input = newOrder({ metadata: { table: 7 } });
  const first = await createOrder(gateway, input);
  const refused = await createOrder(gateway, { ...input, [field]: value });
  expect(refused).toMatchObject({ __typename: 'MerchantOrderNoConflict', code: 'MERCHANT_ORDER_NO_CONFLICT' });
  expect(await theOrder(gateway, input.merchantOrderNo)).toMatchObject({ id: first.id, version: 1, amount: '8.88' });
});

test('a submission token makes one order, whoever repeats it', async () => {
  const { token, expiresAt } = await issueToken();
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(4 * 60_000);
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(5 * 60_000);
  const { merchantOrderNo: _, ...content } = newOrder();
  const input = { ...content, submissionToken: token };
  const orders = await Promise.all(fifty.map(() => createOrder(gateway, input)));
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  expect(orders[0]?.merchantOrderNo).toMatch(/^[A-Za-z0-9_]{1,60}$/);
  const conflict = await createOrder(gateway, { ...input, amount: '1' });
  expect(conflict.__typename).toBe('MerchantOrderNoConflict');
  // In the middle: of its last letter not every bit counts.
  const other = token[20] === 'A' ? 'B' : 'A';
  const submissionToken = `${token.slice(0, 20)}${other}${token.slice(21)}`;
  const forged = await createOrder(gateway, { ...input, submissionToken });
  expect(forged).toMatchObject({ __typename: 'SubmissionTokenInvalid', code: 'SUBMISSION_TOKEN_INVALID' });
});

test('a number and a token together, or neither, are no order', async () => {
  const { token } = await issueToken();
  const { merchantOrderNo, ...content } = newOrder();
  for (const input of [content, { ...content, merchantOrderNo, submissionToken: token }])
    expect(await createOrder(gateway, input)).toMatchObject({ __typename: 'InvalidInput', field: 'merchantOrderNo' });
});

test('fifty requests for a code give one payment, one code, one question to Alipay', async () => {
  const { merchantOrderNo, id } = await createOrder(gateway, newOrder());
  const refs = fifty.map((index) => (index % 2 === 0 ? { id } : { merchantOrderNo }));
  const payments = await Promise.all(refs.map((ref) => precreate(gateway, ref)));
  expect(new Set(payments.map((payment) => payment.id)).size).toBe(1);
  expect(new Set(payments.map(({ qrCode }) => qrCode?.content)).size).toBe(1);
  expect((await theOrder(gateway, merchantOrderNo)).version).toBe(2);
});

test('what was made before a crash is answered after it', async () => {
  const shared = { DATABASE_URL: await ownDatabase(), API_KEY: newApiKey() };
  const first = await startGateway(shared);
  const input = newOrder();
  const order = await createOrder(first, input);
  const payment = await precreate(first, { id: order.id });
  await first.kill();
  const again = await startGateway({ ...shared, DATA_DIR: first.env.DATA_DIR ?? '' });
  expect(await createOrder(again, input)).toMatchObject({ id: order.id, clientToken: order.clientToken });
  expect(await precreate(again, { id: order.id })).toMatchObject({ id: payment.id, qrCode: payment.qrCode });
  expect((await createOrder(again, { ...input, amount: '1' })).__typename).toBe('MerchantOrderNoConflict');
  expect((await sandboxClient(again).orders()).total).toBe(1);
});
