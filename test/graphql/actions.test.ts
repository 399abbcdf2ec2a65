// Each mutation on an order that is there: what it hands to its use case, and what it answers.
import { describe, expect, test, vi } from 'vitest';
import { toTypeId } from '../../src/ids.ts';
import type { Caller } from '../../src/merchants/caller.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import { graphql } from '../support/gql/gql.ts';
import {
  accepted,
  memoryStore,
  NOT_SENT,
  rejectedWith,
  type Script,
  scriptedChannel,
} from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, aRefund, MERCHANT, newId, orderIn } from '../support/orders.ts';
import { memoryShop } from '../support/schema.ts';

const REFUSAL = `... on ErrorResult { code message } ... on InvalidInput { field }
  ... on IllegalTransition { from to allowed } ... on RefundExceedsPaid { refundable }
  ... on PaymentRejected { subCode messageZh }`;
const PAYMENT = `__typename ... on Payment { method status qrCode { content } redirectUrl orderString
  failure { subCode message messageZh } order { status } }`;
const ORDER = '__typename ... on Order { status version refundedAmount events { type } }';
const REFUND =
  '__typename ... on Refund { refundNo amount reason status order { status refundedAmount } payment { tradeNo } }';

const NAMED = 'order: {merchantOrderNo: "A-1"}';
const CODE = '286000000000000001';

/** Runs one mutation in a shop that knows `order`; answers its one field. */
async function ask(call: string, order?: WholeOrder, script: Script = {}) {
  const [name = ''] = call.split('(');
  const shape = { refundOrder: REFUND, payByAuthCode: PAYMENT, createRedirectPayment: PAYMENT }[name] ?? ORDER;
  const members = /Refund/.test(shape)
    ? withoutMember(REFUSAL, 'PaymentRejected')
    : withoutMember(REFUSAL, 'RefundExceedsPaid');
  const fitting = shape === PAYMENT ? withoutMember(members, 'IllegalTransition') : members;
  const { runRaw } = memoryShop(memoryStore(...(order ? [order] : [])), scriptedChannel(script));
  const { data, faults } = await runRaw(`mutation { ${call} { ${shape} ${fitting} } }`);
  expect(faults).toEqual([]);
  return data[name];
}

/** A union takes no fragment on what is not its member. */
function withoutMember(fragments: string, name: string): string {
  return fragments.replace(new RegExp(`\\.\\.\\. on ${name} \\{[^}]*\\}`), '');
}

describe('payByAuthCode', () => {
  const PAY = `payByAuthCode(input: {${NAMED}, authCode: "${CODE}"})`;

  test('answers the payment, paid', async () => {
    const answer = await ask(PAY, anOrder(), { pay: [accepted(aFact())] });
    expect(answer).toMatchObject({
      __typename: 'Payment',
      method: 'AUTH_CODE',
      status: 'SUCCEEDED',
      qrCode: null,
      order: { status: 'PAID' },
    });
  });

  test('a refusal is a payment that failed, told in both languages', async () => {
    const answer = await ask(PAY, anOrder(), { pay: [rejectedWith('BUYER_BALANCE_NOT_ENOUGH')] });
    const message = 'Alipay says BUYER_BALANCE_NOT_ENOUGH';
    expect(answer).toMatchObject({
      status: 'FAILED',
      failure: { subCode: 'BUYER_BALANCE_NOT_ENOUGH', message, messageZh: message },
    });
  });

  // biome-ignore format: a table
  test.each<[string, string, WholeOrder | undefined, Script, object]>([
    ['a code that is none',    `payByAuthCode(input: {${NAMED}, authCode: "12"})`, anOrder(), {},      { __typename: 'InvalidInput', field: 'authCode' }],
    ['no such order',          PAY, undefined,                                                 {},      { __typename: 'OrderNotFound' }],
    ['an order that is paid',  PAY, orderIn('PAID'),                                           {},      { __typename: 'OrderNotPayable' }],
    ['another code in doubt',  PAY, anOrder({ payments: [aPayment({ method: 'AUTH_CODE', status: 'UNKNOWN', codeHash: 'x' })] }), {}, { __typename: 'PaymentUnresolved' }],
    ['Alipay out of reach',    PAY, anOrder(),                                   { pay: [NOT_SENT] },   { __typename: 'ChannelUnavailable' }],
  ])('%s', async (_, call, order, script, expected) => {
    expect(await ask(call, order, script)).toMatchObject(expected);
  });
});

describe('the order of a payment or refund that was just made is at hand', () => {
  // biome-ignore format: a table
  test.each<[string, string, string, WholeOrder, Script, object]>([
    ['payByAuthCode', `{${NAMED}, authCode: "${CODE}"}`, PAYMENT, anOrder(),      { pay: [accepted(aFact())] }, { order: { status: 'PAID' } }],
    ['refundOrder',   `{${NAMED}, refundNo: "R-1", amount: "1.00"}`, REFUND, orderIn('PAID'), { refund: [NOT_SENT] }, { order: { status: 'PAID' }, payment: { tradeNo: expect.any(String) } }],
  ])('%s reads it from nowhere', async (name, input, shape, order, script, expected) => {
    const { reads, runRaw } = memoryShop(memoryStore(order), scriptedChannel(script));
    const read = [vi.spyOn(reads, 'ordersByIds'), vi.spyOn(reads, 'paymentsOf')];
    const { data, faults } = await runRaw(`mutation { ${name}(input: ${input}) { ${shape} } }`);
    expect(faults).toEqual([]);
    expect(data[name]).toMatchObject(expected);
    for (const one of read) expect(one).not.toHaveBeenCalled();
  });
});

describe('createRedirectPayment', () => {
  // biome-ignore format: a table
  test.each([
    ['method: PAGE',                                     { __typename: 'Payment', method: 'PAGE', redirectUrl: 'https://alipay.example/PAGE/A-1', orderString: null }],
    ['method: WAP, quitUrl: "https://shop.example/q"',   { __typename: 'Payment', method: 'WAP', redirectUrl: 'https://alipay.example/WAP/A-1', orderString: null }],
    ['method: APP',                                      { __typename: 'Payment', method: 'APP', redirectUrl: null, orderString: 'https://alipay.example/APP/A-1' }],
    ['method: QR_CODE',                                  { __typename: 'InvalidInput', field: 'method' }],
    ['method: PAGE, quitUrl: "https://shop.example/q"',  { __typename: 'InvalidInput', field: 'quitUrl' }],
    ['method: PAGE, returnUrl: "javascript:alert(1)"',   { __typename: 'InvalidInput', field: 'returnUrl' }],
    ['method: APP, returnUrl: null, quitUrl: null',      { __typename: 'Payment', method: 'APP' }],
  ])('%s', async (fields, expected) => {
    expect(await ask(`createRedirectPayment(input: {${NAMED}, ${fields}})`, anOrder())).toMatchObject(expected);
  });
});

describe('the order moves', () => {
  const open = () => anOrder({ payments: [aPayment({ tradeNo: 'T-1' })] });
  // biome-ignore format: a table
  test.each<[string, WholeOrder | undefined, Script, object]>([
    // mutation        order                Alipay says                            answer
    ['syncOrder',     open(),               { query: [accepted(aFact())] },        { __typename: 'Order', status: 'PAID' }],
    ['syncOrder',     open(),               { query: [NOT_SENT] },                 { __typename: 'ChannelUnavailable' }],
    ['syncOrder',     undefined,            {},                                    { __typename: 'OrderNotFound' }],
    ['cancelOrder',   anOrder(),            {},                                    { __typename: 'Order', status: 'CANCELLED' }],
    ['cancelOrder',   orderIn('PAID'),      {},                                    { __typename: 'IllegalTransition', from: 'PAID', to: 'CANCELLED', allowed: ['SHIPPING', 'COMPLETED', 'REFUNDED'] }],
    ['cancelOrder',   anOrder({ payments: [aPayment({ method: 'AUTH_CODE' })] }), {}, { __typename: 'PaymentUnresolved' }],
    ['reverseOrder',  anOrder(),            {},                                    { __typename: 'Order', status: 'CANCELLED' }],
    ['shipOrder',     orderIn('PAID'),      {},                                    { __typename: 'Order', status: 'SHIPPING' }],
    ['shipOrder',     anOrder(),            {},                                    { __typename: 'IllegalTransition', from: 'PENDING', to: 'SHIPPING', allowed: ['CANCELLED'] }],
    ['completeOrder', orderIn('PAID'),      {},                                    { __typename: 'Order', status: 'COMPLETED' }],
    ['completeOrder', orderIn('REFUNDED'),  {},                                    { __typename: 'IllegalTransition', from: 'REFUNDED', to: 'COMPLETED' }],
    ['returnOrder',   orderIn('COMPLETED'), {},                                    { __typename: 'Order', status: 'RETURNED' }],
    ['returnOrder',   orderIn('PAID'),      {},                                    { __typename: 'IllegalTransition', to: 'RETURNED' }],
  ])('%s: %#', async (name, order, script, expected) => {
    expect(await ask(`${name}(input: {${NAMED}})`, order, script)).toMatchObject(expected);
  });

  test.each(['cancelOrder', 'reverseOrder', 'shipOrder', 'completeOrder', 'returnOrder'])(
    '%s takes its reason along, and refuses one that cannot be kept',
    async (name) => {
      const answer = await ask(`${name}(input: {${NAMED}, reason: "\\u0000"})`, orderIn('PAID'));
      expect(answer).toMatchObject({ __typename: 'InvalidInput', field: 'reason' });
    },
  );

  test.each(['syncOrder', 'cancelOrder', 'reverseOrder', 'shipOrder', 'completeOrder', 'returnOrder'])(
    '%s wants exactly one name, and finds no order by an id that is none',
    async (name) => {
      const both = await ask(`${name}(input: {order: {id: "x", merchantOrderNo: "A-1"}})`, anOrder());
      expect(both).toMatchObject({ __typename: 'InvalidInput', field: 'order' });
      expect(await ask(`${name}(input: {order: {id: "x"}})`, anOrder())).toMatchObject({ __typename: 'OrderNotFound' });
    },
  );
});

describe('refundOrder', () => {
  const refund = (fields: string) => `refundOrder(input: {${NAMED}, ${fields}})`;

  test('answers the refund with its order and its payment', async () => {
    const script: Script = { refund: [accepted({ fundChange: true, totalFen: 300n, refundedAt: null })] };
    const answer = await ask(refund('refundNo: "R-1", amount: "3.00", reason: "cold"'), orderIn('PAID'), script);
    expect(answer).toMatchObject({ __typename: 'Refund', refundNo: 'R-1', amount: '3.00', reason: 'cold' });
    expect(answer).toMatchObject({ order: { status: 'PAID' }, payment: { tradeNo: expect.any(String) } });
  });

  const paid = orderIn('PAID');
  const known = aRefund({ paymentId: paid.paidPaymentId ?? '', refundNo: 'R-1', amountFen: 500n });
  // biome-ignore format: a table
  test.each<[string, string, WholeOrder | undefined, object]>([
    ['more than is left',            'refundNo: "R-2", amount: "5.00"',  { ...paid, refunds: [known] }, { __typename: 'RefundExceedsPaid', code: 'REFUND_EXCEEDS_PAID', refundable: '4.99' }],
    ['the number, another amount',   'refundNo: "R-1", amount: "4.00"',  { ...paid, refunds: [known] }, { __typename: 'RefundNoConflict', code: 'REFUND_NO_CONFLICT' }],
    ['nothing has been paid',        'refundNo: "R-1", amount: "1.00"',  anOrder(),                     { __typename: 'IllegalTransition', from: 'PENDING', to: 'REFUNDED' }],
    ['a number that is none',        'refundNo: "R 1", amount: "1.00"',  paid,                          { __typename: 'InvalidInput', field: 'refundNo' }],
    ['nothing to give back',         'refundNo: "R-1", amount: "0.00"',  paid,                          { __typename: 'InvalidInput', field: 'amount' }],
    ['no such order',                'refundNo: "R-1", amount: "1.00"',  undefined,                     { __typename: 'OrderNotFound' }],
  ])('%s', async (_, fields, order, expected) => {
    expect(await ask(refund(fields), order)).toMatchObject(expected);
  });
});

describe('a client token', () => {
  const payment = aPayment({ status: 'SUCCEEDED', tradeNo: 'T-1' });
  const failure = { subCode: 'SELLER_BALANCE_NOT_ENOUGH', message: 'empty', messageZh: '余额不足' };
  const refund = aRefund({ paymentId: payment.id, reason: 'our fault', status: 'FAILED', failure });
  const order = anOrder({ status: 'PAID', payments: [payment], refunds: [refund], paidPaymentId: payment.id });
  const client: Caller = { kind: 'client', merchantId: MERCHANT, orderId: order.id, token: 'client_mine' };

  test('sees payments, and of a refund that it is there, not why', async () => {
    const READ = graphql(`
      query WhyOfRefunds {
        order(ref: { merchantOrderNo: "A-1" }) {
          payments { tradeNo } refunds { amount reason failure { subCode } }
        }
      }
    `);
    const { run } = memoryShop(memoryStore(order));
    const { data } = await run(READ, {}, client);
    expect(data.order).toEqual({
      payments: [{ tradeNo: 'T-1' }],
      refunds: [{ amount: '9.99', reason: null, failure: null }],
    });
    const { data: whole } = await run(READ, {});
    expect(whole.order?.refunds).toMatchObject([{ reason: 'our fault', failure: { subCode: failure.subCode } }]);
  });

  test.each([
    `payByAuthCode(input: {${NAMED}, authCode: "${CODE}"})`,
    `createRedirectPayment(input: {${NAMED}, method: PAGE})`,
    ...['syncOrder', 'cancelOrder', 'reverseOrder', 'shipOrder', 'completeOrder', 'returnOrder'].map(
      (name) => `${name}(input: {${NAMED}})`,
    ),
    `refundOrder(input: {${NAMED}, refundNo: "R-2", amount: "1.00"})`,
  ])('runs no mutation, not even a wrong one: %s', async (call) => {
    const store = memoryStore(order);
    const { faults } = await memoryShop(store).runRaw(`mutation { ${call} { __typename } }`, {}, client);
    expect(faults.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect([...store.orders.values()]).toEqual([order]);
  });
});

describe('repair on read: an order that somebody waits for is looked at soon', () => {
  const READ = graphql(`query StatusOfOrder($id: ID) { order(ref: { id: $id }) { status } }`);

  test.each(['PENDING', 'PAID', 'CANCELLED', 'REFUNDED'] as const)('%s', async (status) => {
    const order = orderIn(status);
    const { run, hurried } = memoryShop(memoryStore(order));
    await run(READ, { id: toTypeId('ord', order.id) });
    expect(hurried).toEqual(status === 'PENDING' ? [order.id] : []);
  });

  test("for a buyer too, but never for another's order", async () => {
    const order = anOrder();
    const { run, hurried } = memoryShop(memoryStore(order));
    const reads = (orderId: string): Caller => ({ kind: 'client', merchantId: MERCHANT, orderId, token: 't' });
    await run(READ, { id: toTypeId('ord', order.id) }, reads(newId()));
    expect(hurried).toEqual([]);
    await run(READ, { id: toTypeId('ord', order.id) }, reads(order.id));
    expect(hurried).toEqual([order.id]);
  });
});
