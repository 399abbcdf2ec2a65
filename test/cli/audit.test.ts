// The audit over real PostgreSQL: nothing to say of sound books, one flipped byte found wherever it is.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toTypeId } from '../../src/ids.ts';
import type { Bundle } from '../../src/orders/bundle.ts';
import { sell } from '../postgres/sales.ts';
import { openProvenBooks, type ProvenBooks } from './proven.ts';
import { runCommand } from './run-command.ts';

let books: ProvenBooks;
let paid: Bundle;

beforeAll(async () => {
  books = await openProvenBooks();
  paid = await books.prove('2.50');
  await books.prove(undefined, { encoding: 'gbk' });
  await books.prove('19.99');
  await sell(books.orders);
});
afterAll(() => books?.close());

const audit = (...args: string[]) => runCommand('audit', args, { DATABASE_URL: books.url });

test('sound books: all orders, events and messages are counted, and hold', async () => {
  expect(await audit()).toEqual({
    code: 0,
    said: 'Audited 4 orders, 9 events, 5 messages, 0 notes: everything holds.',
    noted: '',
  });
});

test('--since leaves the older ones out; nonsense is refused', async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  expect((await audit('--since', tomorrow)).said).toBe(
    'Audited 0 orders, 0 events, 0 messages, 0 notes: everything holds.',
  );
  expect((await audit('--since', new Date().toISOString().slice(0, 10))).said).toContain('4 orders');
  expect(await audit('--since', 'yesterday')).toMatchObject({ code: 2 });
});

/** One byte changed, found, and put back. */
async function flipped(change: (id: string) => string, back: (id: string) => string): Promise<string> {
  const { id } = paid.order;
  await books.tamper(change(id));
  const { code, said } = await audit();
  await books.tamper(back(id));
  expect(code).toBe(1);
  expect(said).toContain(toTypeId('ord', id));
  return said;
}

const bump = (column: string, table: string, where: string) => ({
  change: (id: string) => `update ${table} set ${column} = ${column} + 1 where ${where.replace('ID', `'${id}'`)}`,
  back: (id: string) => `update ${table} set ${column} = ${column} - 1 where ${where.replace('ID', `'${id}'`)}`,
});
const swap = (column: string, table: string, where: string, [from, to]: readonly [string, string]) => ({
  change: (id: string) =>
    `update ${table} set ${column} = replace(${column}, '${from}', '${to}') where ${where.replace('ID', `'${id}'`)}`,
  back: (id: string) =>
    `update ${table} set ${column} = replace(${column}, '${to}', '${from}') where ${where.replace('ID', `'${id}'`)}`,
});
const flipBit = (place: number) => {
  const act = (id: string) =>
    `update evidence set bytes = set_bit(bytes, ${place}, 1 - get_bit(bytes, ${place})) where order_id = '${id}' and verdict = 'applied'`;
  return { change: act, back: act };
};

describe('a change past the triggers', () => {
  test.each([
    [
      "an event's text",
      swap('data', 'order_events', 'order_id = ID and version = 2', ['19.99', '19.98']),
      'has been changed',
    ],
    [
      "an event's type",
      swap('type', 'order_events', 'order_id = ID and version = 2', ['succeeded', 'succeedee']),
      'has been changed',
    ],
    ["an event's hash", swap('hash', 'order_events', 'order_id = ID and version = 1', ['a', 'g']), 'not chained'],
    ["a message's first byte", flipBit(3), 'not those that were written down'],
    ["a message's byte deep inside", flipBit(4_001), 'not those that were written down'],
    ["the order's status", swap('status', 'orders', 'id = ID', ['PAID', 'SHIPPING']), 'its events end with PAID'],
    ["the order's amount", bump('amount_fen', 'orders', 'id = ID'), 'another amount'],
    ['the sum given back', bump('refunded_fen', 'orders', 'id = ID'), 'its refunds come to 2.50'],
    ['a refund', bump('amount_fen', 'refunds', 'order_id = ID'), 'not those that the events tell of'],
    [
      "a payment's trade",
      swap('trade_no', 'payments', 'order_id = ID', ['2026', '2027']),
      'no message that Alipay signed',
    ],
    ["the order's version", bump('version', 'orders', 'id = ID'), 'its events end with 3'],
  ])('%s', async (_, { change, back }, says) => {
    expect(await flipped(change, back)).toContain(says);
  });

  test('an event that is gone, a message that is gone, an order that is gone', async () => {
    const { id } = paid.order;
    const copy = (table: string, where: string) => [
      `create table kept as select * from ${table} where ${where}; delete from ${table} where ${where}`,
      `insert into ${table} select * from kept; drop table kept`,
    ];
    const cases = [
      [...copy('order_events', `order_id = '${id}' and version = 2`), 'one is missing'],
      [...copy('evidence', `order_id = '${id}'`), 'names a message that is not here'],
      [...copy('orders', `id = '${id}'`), 'is gone, its events are still there'],
    ] as const;
    for (const [change = '', back = '', says = ''] of cases)
      expect(
        await flipped(
          () => change,
          () => back,
        ),
      ).toContain(says);
  });

  test('a message that no event names is looked at too', async () => {
    const id = randomUUID();
    await books.tamper(
      `insert into evidence (merchant_id, id, kind, notify_id, received_at, bytes, verdict, key_id)
       select merchant_id, '${id}', kind, 'loose', now(), 'nonsense', 'refused', key_id from evidence limit 1`,
    );
    const { code, said } = await audit();
    await books.tamper(`delete from evidence where id = '${id}'`);
    expect(code).toBe(1);
    expect(said).toContain(`WRONG  ${toTypeId('evd', id)}: notification is not what Alipay signed`);
  });

  test('a message from before keys were written down is tried with every key', async () => {
    await books.tamper(
      'create table kept as select id, key_id, digest from evidence; update evidence set key_id = null, digest = null',
    );
    expect((await audit()).said).toBe('Audited 4 orders, 9 events, 5 messages, 0 notes: everything holds.');
    await books.tamper('create table keys as select * from verification_keys; delete from verification_keys');
    expect((await audit()).said).toMatch(/everything holds; 5 messages name no key/);
    await books.tamper(
      `insert into verification_keys select * from keys; drop table keys;
       update evidence e set key_id = k.key_id, digest = k.digest from kept k where k.id = e.id; drop table kept`,
    );
    expect((await audit()).code).toBe(0);
  });
});

describe('the audit log', () => {
  const other = randomUUID();
  const insert = (merchant: string) =>
    `insert into audit_notes (merchant_id, id, actor, at, action, subject, details) values (${merchant}, gen_random_uuid(), 'ann', now(),
     'api_key.created', gen_random_uuid(), '{"label": "tíll"}')`;
  const wrong = async (change: string) => {
    await books.tamper(`create table kept as select * from audit_notes; ${change}`);
    const { code, said } = await audit('--since', '2099-01-01');
    await books.tamper('delete from audit_notes; insert into audit_notes select * from kept; drop table kept');
    expect([code, said.includes('1 wrong')]).toEqual([1, true]);
    return said;
  };

  test('sound notes are counted; one flipped byte, one that is missing, an end that was cut off are found', async () => {
    const { merchantId } = paid.order;
    for (const merchant of [merchantId, other, merchantId, merchantId]) await books.rows(insert(`'${merchant}'`));
    expect((await audit()).said).toBe('Audited 4 orders, 9 events, 5 messages, 4 notes: everything holds.');
    const name = toTypeId('mer', merchantId);
    const at = (position: number) => `where merchant_id = '${merchantId}' and position = ${position}`;
    for (const change of [
      `details = '{"label": "tíll "}'`,
      `actor = 'bnn'`,
      `at = at + interval '1 ms'`,
      `id = gen_random_uuid()`,
    ])
      expect(await wrong(`update audit_notes set ${change} ${at(2)}`)).toContain(
        `WRONG  ${name}: note 2 has been changed`,
      );
    expect(await wrong(`delete from audit_notes ${at(2)}`)).toContain(`${name}: note 3 follows note 1: one is missing`);
    expect(await wrong(`delete from audit_notes ${at(3)}`)).toContain(
      `${name}: note 3 is missing: the notes end with 2`,
    );
    expect(await wrong(`delete from audit_notes where merchant_id = '${other}'`)).toContain(toTypeId('mer', other));
    expect((await audit()).code).toBe(0);
  });
});

test('no database: exit code 78, and why', async () => {
  expect(await runCommand('audit', [], { DATABASE_URL: 'postgres://kassa:canary@127.0.0.1:1/kassa' })).toEqual({
    code: 78,
    said: '',
    noted: expect.stringMatching(/^DATABASE_URL: .*ECONNREFUSED/),
  });
  expect(await runCommand('audit', [], { DATA_DIR: '/nonexistent' })).toMatchObject({
    code: 78,
    noted: expect.stringContaining('holds none'),
  });
});
