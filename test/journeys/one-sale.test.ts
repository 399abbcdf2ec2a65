// A till sells, a buyer scans and pays at the built-in sandbox, a frontend watches.
import { beforeAll, expect, test } from 'vitest';
import { clientTokens } from '../../src/credentials/client-tokens.ts';
import { type Gateway, newApiKey, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf, openFeed } from '../support/graphql-client.ts';
import { CREATE, createOrder, follow, newOrder, PRECREATE, READ, readOrder, sell, theOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

const SECRET_KEY = newApiKey();
let gateway: Gateway;

const TOKEN = graphql(`mutation BuyersToken { issueSubmissionToken { token } }`);
const LIST = graphql(`query BuyersList { orders { edges { cursor } } }`);
const NODE = graphql(`
  query NodeOfSale($id: ID!) { node(id: $id) { __typename id ... on Payment { order { id } } } }
`);

beforeAll(async () => {
  gateway = await startGateway({ SECRET_KEY });
});

test('a sale: sold, scanned, paid, and the frontend saw it all in order', async () => {
  const buyer = sandboxClient(gateway);
  const input = newOrder({ metadata: { table: 7 }, operatorId: 'anna' });
  const { createOrder: order, precreateQrCode: payment } = await sell(gateway, input);

  expect(order).toMatchObject({ __typename: 'Order', status: 'PENDING', amount: '8.88', version: 1 });
  expect(order.id).toMatch(/^ord_[0-9a-z]{26}$/);
  expect(payment).toMatchObject({ __typename: 'Payment', method: 'QR_CODE', status: 'AWAITING_BUYER' });
  expect(payment.outTradeNo).toBe(input.merchantOrderNo);
  expect(payment.qrCode?.svg).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
  expect(payment.qrCode?.expiresAt).toBe(order.expiresAt);

  const feed = follow(gateway, { orderId: order.id, after: 0 });
  await feed.count(2);
  await buyer.scan(payment.qrCode?.content ?? '');
  const paidAt = performance.now();
  expect(await buyer.pay(input.merchantOrderNo)).toMatchObject({ status: 'TRADE_SUCCESS', amount: '8.88' });
  const events = await feed.count(3, 2_000);
  expect(performance.now() - paidAt).toBeLessThan(2_000);

  expect(events.map(({ version, type, status, paymentStatus }) => [version, type, status, paymentStatus])).toEqual([
    [1, 'order.created', 'PENDING', null],
    [2, 'payment.precreated', 'PENDING', 'AWAITING_BUYER'],
    [3, 'payment.succeeded', 'PAID', 'SUCCEEDED'],
  ]);
  feed.stop();

  const paid = await theOrder(gateway, input.merchantOrderNo);
  expect(paid).toMatchObject({ status: 'PAID', version: 3, refundedAmount: '0.00', metadata: { table: 7 } });
  expect(paid.paidAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(paid.payments).toHaveLength(1);
  expect(paid.payments[0]).toMatchObject({ status: 'SUCCEEDED', amount: '8.88', succeededAt: paid.paidAt });
  expect(paid.payments[0]?.tradeNo).toMatch(/^\d{16,}$/);
  expect(paid.events.map(({ id, version }) => [id, version])).toEqual(events.map(({ id, version }) => [id, version]));
});

test('Alipay made the code and its answer was lost: UNKNOWN, then the code, one order there', async () => {
  const sandbox = sandboxClient(gateway);
  const input = newOrder();
  const outTradeNo = input.merchantOrderNo;
  await sandbox.fault({ on: 'alipay.trade.precreate', kind: 'act_then_drop', count: 2, outTradeNo });
  expect((await sell(gateway, input)).precreateQrCode.status).toBe('UNKNOWN');
  await sandbox.clearFaults();
  const { qrCode, status } = (await sell(gateway, input)).precreateQrCode;
  expect(status).toBe('AWAITING_BUYER');
  expect(await sandbox.scan(qrCode?.content ?? '')).toMatchObject({ outTradeNo, status: 'WAIT_BUYER_PAY' });
  await sandbox.pay(outTradeNo);
  await until(
    () => theOrder(gateway, outTradeNo),
    (order) => order.status === 'PAID',
  );
  expect((await theOrder(gateway, outTradeNo)).payments).toHaveLength(1);
});

test('a paid order gives no second code', async () => {
  const buyer = sandboxClient(gateway);
  const input = newOrder();
  const { createOrder: order, precreateQrCode: payment } = await sell(gateway, input);
  const feed = follow(gateway, { orderId: order.id });
  await feed.count(1);
  await buyer.scan(payment.qrCode?.content ?? '');
  await buyer.pay(input.merchantOrderNo);
  await feed.count(2);
  feed.stop();
  expect((await sell(gateway, input)).precreateQrCode).toMatchObject({
    __typename: 'OrderNotPayable',
    code: 'ORDER_NOT_PAYABLE',
  });
});

test('a client token opens its own order, shows the buyer no internals, and nothing else', async () => {
  const mine = await createOrder(gateway, newOrder({ metadata: { margin: 3 }, operatorId: 'anna', storeId: 'S1' }));
  const other = await createOrder(gateway, newOrder());
  const token = mine.clientToken;
  const buyer = { ...gateway, apiKey: token };

  expect(await readOrder(buyer, { id: mine.id })).toMatchObject({
    id: mine.id,
    clientToken: token,
    metadata: null,
    operatorId: null,
  });
  expect(await readOrder(gateway, { id: mine.id })).toMatchObject({ clientToken: token, metadata: { margin: 3 } });

  for (const ref of [{ id: other.id }, { merchantOrderNo: other.merchantOrderNo }])
    expect(await readOrder(buyer, ref)).toBeNull();

  const refused = await Promise.all([
    ask(buyer, TOKEN),
    ask(buyer, CREATE, { input: newOrder() }),
    ask(buyer, PRECREATE, { order: { id: mine.id } }),
    ask(buyer, LIST),
    ask(buyer, NODE, { id: mine.id }),
  ]);
  expect(refused.map(({ errors }) => errors?.[0]?.extensions?.code)).toEqual(refused.map(() => 'FORBIDDEN'));
});

test('a client token follows its own order and no other', async () => {
  const mine = await createOrder(gateway, newOrder({ metadata: { margin: 3 }, operatorId: 'anna' }));
  const other = await createOrder(gateway, newOrder());
  const connectionParams = { clientToken: mine.clientToken };

  const feed = follow(gateway, { orderId: mine.id, connectionParams });
  const [snapshot] = await feed.count(1);
  expect(snapshot).toMatchObject({ version: 1, order: { id: mine.id, metadata: null, operatorId: null } });
  feed.stop();

  const stranger = follow(gateway, { orderId: other.id, connectionParams });
  expect(await stranger.ended).toEqual({ kind: 'completed' });
  expect(stranger.answers).toMatchObject([{ errors: [{ message: 'There is no such order' }] }]);

  const list = openFeed(gateway, LIST, { variables: {}, connectionParams });
  await list.ended;
  expect(list.answers[0]?.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});

test.each([
  ['nonsense', 'nonsense'],
  ['a changed last character', 'changed'],
  ['nothing', ''],
  ['one whose time is over', 'expired'],
  ["another installation's", 'foreign'],
])('%s instead of a token opens nothing', async (_, kind) => {
  const { id, clientToken } = await createOrder(gateway, newOrder());
  const token = spoilt(clientToken, kind);
  const answer = await ask({ ...gateway, apiKey: token }, READ, { ref: { id } });
  expect([answer.status, answer.errors?.[0]?.extensions?.code]).toEqual([401, 'UNAUTHENTICATED']);
  const feed = follow(gateway, { orderId: id, connectionParams: { clientToken: token } });
  expect(await feed.ended).toEqual({ kind: 'closed', code: 4403 });
});

function spoilt(token: string, kind: string): string {
  const { issue, read } = clientTokens(SECRET_KEY);
  const opened = read(token, new Date());
  if (opened === undefined) throw new Error('the gateway signs with another SECRET_KEY');
  const order = { merchantId: opened.merchantId, id: opened.orderId };
  switch (kind) {
    case 'changed':
      return token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    case 'expired':
      return issue({ ...order, expiresAt: new Date(Date.now() - 3_601_000) });
    case 'foreign':
      return clientTokens(newApiKey()).issue({ ...order, expiresAt: new Date(Date.now() + 60_000) });
  }
  return kind;
}

test('node answers orders and payments, and null for anything else', async () => {
  const { createOrder: order, precreateQrCode: payment } = await sell(gateway, newOrder());
  const node = async (id: string) => (await dataOf(ask(gateway, NODE, { id }))).node;
  expect(await node(order.id)).toEqual({ __typename: 'Order', id: order.id });
  expect(await node(payment.id)).toEqual({ __typename: 'Payment', id: payment.id, order: { id: order.id } });
  const strange = ['', 'x', 'ord_', order.id.replace('ord', 'pay'), order.id.slice(0, -1), `${order.id}0`, "ord_';--"];
  for (const id of strange) expect(await node(id), id).toBeNull();
});
