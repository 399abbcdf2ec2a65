// Every wrong input gets a reason that names the field, and leaves nothing behind.
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import type { OrderRef } from '../support/gql/graphql.ts';
import { askRaw, dataOf, type Variables } from '../support/graphql-client.ts';
import { alipayEnv } from '../support/notifier.ts';
import { CREATE, createOrder, newOrder, precreate } from '../support/sale.ts';

let gateway: Gateway;
let database: Client;
let before: number;

beforeAll(async () => {
  gateway = await startGateway(alipayEnv('http://127.0.0.1:1/gateway.do'));
  database = new Client(gateway.env.DATABASE_URL);
  await database.connect();
});

// Before the gateway's own end, which drops the database.
afterAll(() => database.end());

async function countOrders(): Promise<number> {
  const { rows } = await database.query<{ count: number }>('select count(*)::int as count from orders');
  return rows[0]?.count ?? -1;
}

beforeEach(async () => {
  before = await countOrders();
});

afterEach(async () => {
  expect(await countOrders()).toBe(before);
});

/** What no type would let through. */
function create(wrong: Variables) {
  return askRaw<{ createOrder: Variables }>(gateway, CREATE.toString(), { input: { ...newOrder(), ...wrong } });
}

test.each<[unknown]>([
  ['9.999'],
  ['-1'],
  ['+1'],
  ['1e3'],
  ['1E3'],
  ['100000000.01'],
  ['100000000000'],
  ['.5'],
  ['5.'],
  ['1,00'],
  ['1 '],
  [''],
  ['０.５'],
  ['0x10'],
  ['NaN'],
  ['Infinity'],
  ['00.10'],
  ['1\n'],
  [9.99],
  [9],
  [-1],
  [1e30],
  [true],
  [null],
  [['1']],
  [{}],
])('the amount %j is refused by the schema', async (amount) => {
  const { status, data, errors } = await create({ amount });
  expect([status, data]).toEqual([400, undefined]);
  expect(errors?.[0]?.message).toContain('amount');
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test.each(['9.99', '1', '-1', '1e3', 'null', '"9.999"', '"-1"', '[]', '$x'])(
  'the amount %s written into the document is refused',
  async (literal) => {
    const query = `mutation { createOrder(input: { merchantOrderNo: "x1", amount: ${literal}, subject: "x" }) { __typename } }`;
    const { status, errors } = await askRaw(gateway, query);
    expect(status).toBe(400);
    expect(errors).not.toHaveLength(0);
  },
);

test.each(['0', '0.0', '0.00'])('the amount %j buys nothing', async (amount) => {
  expect(await createOrder(gateway, newOrder({ amount }))).toMatchObject({
    __typename: 'InvalidInput',
    field: 'amount',
  });
});

const long = (length: number) => 'x'.repeat(length);
const deep = (depth: number): Variables => (depth === 0 ? {} : { a: deep(depth - 1) });

test.each<[string, unknown[]]>([
  ['merchantOrderNo', ['', ' ', 'a b', long(61), 'a/b', 'é', 'a\nb', '订单', "'; drop table orders; --", 'a\u0000']],
  [
    'subject',
    ['', '   ', 'a/b', 'a=b', 'a&b', long(257), 'a\u0000b', 'a\nb', 'a\u202eb', 'a\u200bb', '\ud800', '🍵 tea'],
  ],
  ['body', ['', long(129), 'a\u0007b', '🍵']],
  ['expiresInMinutes', [0, -1, 1_441, 2_147_483_647]],
  ['storeId', ['', long(33), 'a b', '店', 'a\u0000']],
  ['terminalId', ['', long(33), '\t']],
  ['operatorId', ['', long(29), 'Ä']],
  ['metadata', [deep(6), { a: long(5_000) }, { a: 'x\u0000' }, { 'a\u0000': 1 }]],
])('%s: every value out of bounds names it', async (field, values) => {
  for (const value of values) {
    const { createOrder: answer } = await dataOf(create({ [field]: value }));
    expect(answer, JSON.stringify(value)).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field });
    expect(answer.message).toContain(field);
  }
});

test.each<[string, Variables]>([
  ['a fraction of a minute', { expiresInMinutes: 1.5 }],
  ['minutes as text', { expiresInMinutes: '30' }],
  ['minutes past 32 bits', { expiresInMinutes: 2 ** 31 }],
  ['no subject', { subject: null }],
  ['a subject of numbers', { subject: 7 }],
  ['metadata as a list', { metadata: [1] }],
  ['metadata as text', { metadata: 'x' }],
  ['a field of the inside', { status: 'PAID' }],
  ['a merchant of choice', { merchantId: '1' }],
])('%s is refused by the schema', async (_, more) => {
  const { status, data, errors } = await create(more);
  expect([status, data, errors?.[0]?.extensions?.code]).toEqual([400, undefined, 'BAD_USER_INPUT']);
});

test.each<[string, OrderRef, string]>([
  ['no reference', {}, 'InvalidInput'],
  ['two references', { id: 'ord_x', merchantOrderNo: 'x' }, 'InvalidInput'],
  ['an id of no order', { id: 'ord_x' }, 'OrderNotFound'],
  ['a number of no order', { merchantOrderNo: 'nobody' }, 'OrderNotFound'],
  ['a number that none can have', { merchantOrderNo: '\u0000' }, 'OrderNotFound'],
])('a code for %s', async (_, ref, typename) => {
  expect(await precreate(gateway, ref)).toMatchObject({ __typename: typename });
});

test('__proto__ and its like are keys like any other', async () => {
  const metadata = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  const { status, errors } = await create({ metadata, amount: '0' });
  expect([status < 500, errors?.[0]?.extensions?.code]).not.toContain('INTERNAL_SERVER_ERROR');
});
