import { describe, expect, test } from 'vitest';
import { toTypeId } from '../../src/ids.ts';
import type { Caller } from '../../src/merchants/caller.ts';
import { graphql } from '../support/gql/gql.ts';
import type { OrderRef, OrdersHereQueryVariables } from '../support/gql/graphql.ts';
import { accepted, memoryStore, NOT_SENT, rejectedWith, scriptedChannel } from '../support/memory-ports.ts';
import { anOrder, aPayment, MERCHANT, newId, orderIn } from '../support/orders.ts';
import { memoryShop } from '../support/schema.ts';

const CREATE = graphql(`
  mutation CreateHere($input: CreateOrderInput!) {
    createOrder(input: $input) {
      __typename ... on Order { id amount metadata status expiresAt } ... on ErrorResult { code message }
      ... on InvalidInput { field }
    }
  }
`);
const PRECREATE = graphql(`
  mutation PrecreateHere($order: OrderRef!) {
    precreateQrCode(input: { order: $order }) {
      __typename ... on Payment { status qrCode { content svg } order { merchantOrderNo } }
      ... on ErrorResult { code message } ... on PaymentRejected { subCode }
    }
  }
`);
const READ = graphql(`
  query OrderHere($ref: OrderRef!) {
    order(ref: $ref) { subject metadata operatorId storeId terminalId clientToken }
  }
`);
const LIST = graphql(`
  query OrdersHere($first: Int, $after: String, $filter: OrderFilter) {
    orders(first: $first, after: $after, filter: $filter) {
      edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
`);
const NODE = graphql(`
  query NodeHere($id: ID!) { node(id: $id) { __typename id ... on Refund { payment { order { status } } } } }
`);
const UNSET = graphql(`
  mutation CreateWithUnset($unset: Int) {
    createOrder(
      input: { merchantOrderNo: "A-1", amount: "1", subject: "Tea", metadata: { a: $unset, b: [$unset] } }
    ) { ... on Order { metadata } }
  }
`);
const TOKEN = graphql(`mutation SubmissionTokenHere { issueSubmissionToken { token } }`);
const SALE = { merchantOrderNo: 'A-1', amount: '9.99', subject: 'Tea' };

describe('createOrder', () => {
  test('answers the order; money in and out is yuan text', async () => {
    const { run } = memoryShop();
    const { data } = await run(CREATE, { input: { ...SALE, metadata: { table: 7 } } });
    expect(data.createOrder).toMatchObject({
      __typename: 'Order',
      amount: '9.99',
      metadata: { table: 7 },
      status: 'PENDING',
    });
    expect(data.createOrder.expiresAt).toBe('2026-11-23T12:30:00.000Z');
  });

  test('null and left out are the same content', async () => {
    const { run, store } = memoryShop();
    const first = await run(CREATE, { input: SALE });
    const again = await run(CREATE, {
      input: { ...SALE, body: null, expiresInMinutes: null, metadata: null, submissionToken: null },
    });
    expect(again.data.createOrder.id).toBe(first.data.createOrder.id);
    expect(store.events).toHaveLength(1);
  });

  // biome-ignore format: a table
  test.each([
    [{ subject: 'a/b' },             { __typename: 'InvalidInput', code: 'INVALID_INPUT', field: 'subject' }],
    [{ amount: '0' },                { __typename: 'InvalidInput', field: 'amount' }],
    [{ submissionToken: 'x' },       { __typename: 'InvalidInput', field: 'merchantOrderNo' }],
    [{ merchantOrderNo: null, submissionToken: 'x' }, { __typename: 'SubmissionTokenInvalid', code: 'SUBMISSION_TOKEN_INVALID' }],
  ])('%j is an expected refusal', async (fields, refusal) => {
    const { data, faults } = await memoryShop().run(CREATE, { input: { ...SALE, ...fields } });
    expect(data.createOrder).toMatchObject(refusal);
    expect(faults).toEqual([]);
  });

  test('the same number with other content is a conflict', async () => {
    const { run } = memoryShop();
    await run(CREATE, { input: SALE });
    const { data } = await run(CREATE, { input: { ...SALE, amount: '9.98' } });
    expect(data.createOrder).toMatchObject({
      __typename: 'MerchantOrderNoConflict',
      code: 'MERCHANT_ORDER_NO_CONFLICT',
    });
  });

  test('a variable that was not given inside metadata leaves the order readable', async () => {
    const { run, store } = memoryShop();
    const { data } = await run(UNSET, {});
    expect(data.createOrder).toEqual({ metadata: { b: [null] } });
    expect([...store.orders.values()][0]?.metadata).toBe('{"b":[null]}');
  });

  test.each([9.99, 9, '9.999', '1e3', ''])('an amount of %j is an error that says what is right', async (amount) => {
    const { faults } = await memoryShop().runRaw(CREATE.toString(), { input: { ...SALE, amount } });
    expect(faults.map(({ message }) => message).join()).toMatch(/Amount must be yuan as text/);
  });
});

describe('precreateQrCode', () => {
  test('answers the code, as text and as a picture', async () => {
    const channel = scriptedChannel({ precreate: [accepted({ qrContent: 'https://qr.alipay.com/x' })] });
    const { run } = memoryShop(memoryStore(anOrder()), channel);
    const { data } = await run(PRECREATE, { order: { merchantOrderNo: 'A-1' } });
    expect(data.precreateQrCode).toMatchObject({
      __typename: 'Payment',
      status: 'AWAITING_BUYER',
      qrCode: { content: 'https://qr.alipay.com/x', svg: expect.stringMatching(/^<svg /) },
      order: { merchantOrderNo: 'A-1' },
    });
  });

  // biome-ignore format: a table
  test.each<[string, OrderRef, object]>([
    ['both names',        { id: 'x', merchantOrderNo: 'A-1' },       { __typename: 'InvalidInput' }],
    ['no name',           {},                                        { __typename: 'InvalidInput' }],
    ['a broken id',       { id: 'ord_x' },                           { __typename: 'OrderNotFound', code: 'ORDER_NOT_FOUND' }],
    ['an unknown id',     { id: toTypeId('ord', newId()) },          { __typename: 'OrderNotFound' }],
    ['a bad number',      { merchantOrderNo: "' or 1=1" },           { __typename: 'OrderNotFound' }],
    ['an order that Alipay refuses', { merchantOrderNo: 'A-1' },     { __typename: 'PaymentRejected', subCode: 'TOTAL_FEE_EXCEED' }],
  ])('%s', async (_, order, refusal) => {
    const { run } = memoryShop(memoryStore(anOrder()), scriptedChannel({ precreate: [rejectedWith('TOTAL_FEE_EXCEED')] }));
    const { data } = await run(PRECREATE, { order });
    expect(data.precreateQrCode).toMatchObject(refusal);
  });

  // biome-ignore format: a table
  test.each([
    [orderIn('PAID'),                                         'OrderNotPayable',   'The order is PAID'],
    [anOrder({ expiresAt: new Date(0) }),                     'OrderNotPayable',   'The order has expired'],
    [anOrder({ payments: [aPayment({ method: 'AUTH_CODE' })] }), 'PaymentUnresolved', 'An earlier payment of this order is still open'],
  ])('not payable now: %#', async (order, __typename, message) => {
    const { run } = memoryShop(memoryStore(order));
    const { data } = await run(PRECREATE, { order: { merchantOrderNo: 'A-1' } });
    expect(data.precreateQrCode).toMatchObject({ __typename, message });
  });

  test('Alipay out of reach', async () => {
    const channel = scriptedChannel({ precreate: [NOT_SENT] });
    const { data } = await memoryShop(memoryStore(anOrder()), channel).run(PRECREATE, {
      order: { merchantOrderNo: 'A-1' },
    });
    expect(data.precreateQrCode).toMatchObject({ __typename: 'ChannelUnavailable', code: 'CHANNEL_UNAVAILABLE' });
  });
});

describe('a client token', () => {
  const order = anOrder({ metadata: '{"a":1}', operatorId: 'op', storeId: 's', terminalId: 't' });
  const client: Caller = { kind: 'client', merchantId: MERCHANT, orderId: order.id, token: 'client_mine' };

  test('opens its order, without what is the merchant’s own, and is never renewed', async () => {
    const { run } = memoryShop(memoryStore(order));
    const { data } = await run(READ, { ref: { id: toTypeId('ord', order.id) } }, client);
    expect(data.order).toEqual({
      subject: 'Tea',
      metadata: null,
      operatorId: null,
      storeId: null,
      terminalId: null,
      clientToken: 'client_mine',
    });
    const { data: whole } = await run(READ, { ref: { id: toTypeId('ord', order.id) } });
    expect(whole.order).toMatchObject({ metadata: { a: 1 }, operatorId: 'op', clientToken: `client_${order.id}` });
  });

  test('opens no other order', async () => {
    const other = anOrder({ merchantOrderNo: 'A-2' });
    const { run } = memoryShop(memoryStore(order, other));
    const { data } = await run(READ, { ref: { id: toTypeId('ord', other.id) } }, client);
    expect(data.order).toBeNull();
  });

  const { run } = memoryShop(memoryStore(order));
  test.each([
    ['issueSubmissionToken', () => run(TOKEN, {}, client)],
    ['createOrder', () => run(CREATE, { input: { ...SALE, merchantOrderNo: 'x' } }, client)],
    ['precreateQrCode', () => run(PRECREATE, { order: { merchantOrderNo: 'A-1' } }, client)],
    ['orders', () => run(LIST, {}, client)],
    ['node', () => run(NODE, { id: 'x' }, client)],
  ])('%s is forbidden', async (_, asked) => {
    const { faults, data } = await asked();
    expect(faults.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(Object.values(data ?? {}).filter(Boolean)).toEqual([]);
  });
});

describe('reading', () => {
  test("another merchant's order is as if it did not exist, by each way of asking", async () => {
    const theirs = { ...orderIn('REFUNDED'), merchantId: newId() };
    const { run } = memoryShop(memoryStore(theirs));
    const ids = [
      toTypeId('ord', theirs.id),
      toTypeId('pay', theirs.payments[0]?.id ?? ''),
      toTypeId('ref', theirs.refunds[0]?.id ?? ''),
    ];
    for (const id of ids) expect((await run(NODE, { id })).data.node).toBeNull();
    expect((await run(READ, { ref: { merchantOrderNo: 'A-1' } })).data.order).toBeNull();
    expect((await run(LIST, {})).data.orders.edges).toEqual([]);
  });

  test('node finds an order, a payment and a refund by their ids', async () => {
    const order = orderIn('REFUNDED');
    const { run } = memoryShop(memoryStore(order));
    const found = async (id: string) => (await run(NODE, { id })).data.node;
    expect(await found(toTypeId('ord', order.id))).toMatchObject({ __typename: 'Order' });
    expect(await found(toTypeId('pay', order.payments[0]?.id ?? ''))).toMatchObject({ __typename: 'Payment' });
    expect(await found(toTypeId('ref', order.refunds[0]?.id ?? ''))).toMatchObject({
      payment: { order: { status: 'REFUNDED' } },
    });
    for (const id of ['', 'x', 'evt_00000000000000000000000000', order.id]) expect(await found(id)).toBeNull();
  });

  test('a page has 20 orders unless asked otherwise; its cursors lead on', async () => {
    const many = Array.from({ length: 25 }, (_, i) => anOrder({ merchantOrderNo: `A-${i}` }));
    const { run, asked } = memoryShop(memoryStore(...many));
    const { data } = await run(LIST, {});
    expect(data.orders.edges).toHaveLength(20);
    expect(data.orders.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    await run(LIST, { after: data.orders.pageInfo.endCursor });
    expect(toTypeId('ord', asked[1]?.afterId ?? '')).toBe(data.orders.edges.at(-1)?.node.id);
  });

  // biome-ignore format: a table
  test.each<[OrdersHereQueryVariables, RegExp]>([
    [{ first: 0 },                              /first must be from 1 to 100/],
    [{ first: 101 },                            /first must be from 1 to 100/],
    [{ first: -1 },                             /first must be from 1 to 100/],
    [{ after: 'x' },                            /after is not a cursor/],
    [{ filter: { search: 'x'.repeat(65) } },    /search must have at most 64/],
    [{ filter: { storeId: '\u0000' } },         /must not contain U\+0000/],
  ])('orders of %j: bad input', async (asked, why) => {
    const { faults } = await memoryShop().run(LIST, asked);
    expect(faults).toMatchObject([{ message: expect.stringMatching(why), extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('an order by no name is bad input', async () => {
    const { faults } = await memoryShop().run(READ, { ref: {} });
    const message = expect.stringMatching(/exactly one of id and merchantOrderNo/);
    expect(faults).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
