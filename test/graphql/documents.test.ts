import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { documentChecker, documentLimits, MAX_TOKENS } from '../../src/graphql/documents.ts';
import { memorySchema } from '../support/schema.ts';

const schema = memorySchema();
const check = documentChecker(schema, documentLimits({ introspection: false }));
const LIMIT_MS = 50;

function refusal(source: string): string {
  const checked = check(source);
  return 'errors' in checked ? checked.errors.map(({ message }) => message).join('\n') : 'taken';
}

/** Milliseconds of CPU, because the machine may be busy with other tests: an attack that is slow is slow each time. */
function quickestOf3(source: string): number {
  const took = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    refusal(source);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...took);
}

function repeated(count: number, part: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => part(i)).join(' ');
}

/** Orders and payments point at each other, so that a query can go as deep as it likes. */
function deep(levels: number): string {
  return `{ orders { edges { node { ${'payments { order { '.repeat(levels)} id ${'} } '.repeat(levels)} } } } }`;
}

/** A chain of fragments that doubles at each step. */
const bomb = `{ orders { edges { node { ...F0 } } } } ${repeated(
  20,
  (i) => `fragment F${i} on Order { payments { order { ...F${i + 1} } } refunds { order { ...F${i + 1} } } }`,
)} fragment F20 on Order { id }`;

describe('attacks are refused, and soon', () => {
  // biome-ignore format: a table
  test.each<[string, string, RegExp]>([
    ['nested 6 levels of order and payment', deep(6),                                                           /depth|cost/i],
    ['nested 100 levels',                    deep(100),                                                         /depth|cost/i],
    ['nested 10,000 levels',                 deep(10_000),                                                      /tokens/i],
    ['a hundred thousand brackets',          '{a'.repeat(100_000),                                              /tokens/i],
    ['a list value 5,000 deep',              `{ orders(after: ${'['.repeat(5_000)}`,                            /tokens/i],
    ['100 aliases of one field',             `{ ${repeated(100, (i) => `a${i}: order(ref: {id: "x"}) { id }`)} }`,      /tokens|alias/i],
    ['16 aliases of one field',              `{ ${repeated(16, (i) => `a${i}: node(id: "x") { id }`)} }`,       /alias/i],
    ['16 aliases of __typename',             `{ ${repeated(16, (i) => `a${i}: __typename`)} }`,                   /alias/i],
    ['a field named 11 times',               `{ ${repeated(11, () => 'casePolicy')} }`,                             /same field at most 10/],
    ['aliases hidden in fragments',          `{ ...A ...A } fragment A on Query { ${repeated(16, (i) => `a${i}: node(id: "x") { id }`)} }`, /alias/i],
    ['80 createOrders in one request',       `mutation { ${repeated(80, (i) => `a${i}: issueSubmissionToken { token }`)} }`, /alias/i],
    ['a flood of directives',                `{ orders ${repeated(150, () => '@skip(if: false)')} { pageInfo { hasNextPage } } }`,  /tokens|directive/i],
    ['unknown directives',                   `{ orders ${'@a '.repeat(450)} { pageInfo { hasNextPage } } }`,            /directive/i],
    ['2000 tokens',                          `{ ${'__typename '.repeat(2_000)} }`,                              /tokens/i],
    ['a megabyte of comments and tokens',    `{ ${'__typename#xxxxxxxxx\n'.repeat(50_000)} }`,                  /tokens/i],
    ['a fragment that spreads itself',       '{ ...A } fragment A on Query { ...A }',                           /Cannot spread fragment "A" within itself/],
    ['fragments in a circle',                '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', /within itself via "B"/],
    ['a circle through fields',              '{ orders { edges { node { ...A } } } } fragment A on Order { payments { order { ...A } } }', /within itself/],
    ['fragments that double 20 times',       bomb,                                                              /depth|cost/i],
    ['introspection in production',          getIntrospectionQuery(),                                           /introspection/i],
    ['one type in production',               '{ __type(name: "Order") { name } }',                              /introspection/i],
    ['a field that is not there',            '{ users { password } }',                                          /Cannot query field/],
    ['one field 900 times',                  `{ ${'__typename '.repeat(900)} }`,                                /aborted/i],
    ['300 fields that are not there',        `{ ${repeated(300, (i) => `nothing${i}`)} }`,                      /Cannot query field/],
    ['no document at all',                   '',                                                                /Unexpected <EOF>/],
    ['not GraphQL',                          '{"query": 1}',                                                    /Syntax Error/],
    ['NUL and half a surrogate pair',        '{ \u0000 \ud800 }',                                               /Syntax Error/],
  ])('%s', (_, source, why) => {
    expect(refusal(source)).toMatch(why);
    expect(quickestOf3(source)).toBeLessThan(LIMIT_MS);
  });

  test('no refusal is long, whatever the attack', () => {
    for (const source of [`{ ${repeated(300, (i) => `nothing${i}`)} }`, bomb, '@a '.repeat(900)])
      expect(refusal(source).length).toBeLessThan(20_000);
  });
});

describe('what our own pages and a busy till ask is taken', () => {
  const CASE = `id kind amount outTradeNo tradeNo policy state nextAction openedAt resolvedAt note evidence { id kind receivedAt }`;
  const CASES = `cases { ${CASE} }`;
  const REFUSED = `... on ErrorResult { code message } ... on InvalidInput { field }`;
  const ORDER = `id merchantOrderNo subject body amount refundedAmount status version storeId terminalId operatorId metadata
    createdAt expiresAt paidAt clientToken events { id version type status occurredAt }
    payments { id method status amount outTradeNo tradeNo qrCode { content svg expiresAt } redirectUrl orderString failure { subCode message messageZh } createdAt succeededAt }
    refunds { id refundNo amount reason status createdAt succeededAt failure { subCode message messageZh } payment { id tradeNo } } ${CASES}`;
  const MOVED = `... on Order { ${ORDER} } ${REFUSED} ... on IllegalTransition { from to allowed }`;
  // biome-ignore format: a table
  test.each([
    ['everything of an order',     `{ order(ref: {id: "x"}) { ${ORDER} } }`],
    ['a page of all of it',        `{ orders(first: 100) { edges { cursor node { ${ORDER} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`],
    ['a sale in one request',      `mutation { createOrder(input: {merchantOrderNo: "1", amount: "1", subject: "x"}) { ... on Order { ${ORDER} } ... on ErrorResult { code message } } }`],
    ['a scanned code',             `mutation { payByAuthCode(input: {order: {id: "x"}, authCode: "28"}) { ... on Payment { status order { ${ORDER} } } ${REFUSED} ... on PaymentRejected { subCode messageZh } } }`],
    ['a page to pay on',           `mutation { createRedirectPayment(input: {order: {id: "x"}, method: PAGE}) { ... on Payment { redirectUrl order { ${ORDER} } } ${REFUSED} } }`],
    ['a sale undone',              `mutation { reverseOrder(input: {order: {id: "x"}, reason: "x"}) { ${MOVED} } }`],
    ['a refund',                   `mutation { refundOrder(input: {order: {id: "x"}, refundNo: "1", amount: "1"}) { ... on Refund { id status order { ${ORDER} } } ${REFUSED} ... on RefundExceedsPaid { refundable } } }`],
    ['a page of cases',            `{ casePolicy cases(first: 20) { edges { cursor node { ${CASE} order { id merchantOrderNo subject amount status storeId terminalId paidAt payments { method status tradeNo } } } } pageInfo { hasNextPage endCursor } } }`],
    ['a case resolved',            `mutation { resolveCase(input: {caseId: "x", decision: REFUND}) { ... on Case { ${CASE} order { ${ORDER} } } ${REFUSED} } }`],
    ['ten sales in one request',   `mutation { ${repeated(10, (i) => `a${i}: issueSubmissionToken { token }`)} }`],
    ['a subscription',             `subscription { paymentStatus(orderId: "x", after: 1) { id version type status paymentStatus occurredAt order { ${ORDER} } } }`],
  ])('%s', (_, source) => {
    expect(refusal(source)).toBe('taken');
  });

  test('introspection outside production', () => {
    const open = documentChecker(schema, documentLimits({ introspection: true }));
    expect(open(getIntrospectionQuery())).toHaveProperty('document');
  });
});

// biome-ignore format: a table
test.each([
  ['written out',                'query { orders(first: 100) { edges { node { ...O } } } }'],
  ['a variable',                 'query ($n: Int) { orders(first: $n) { edges { node { ...O } } } }'],
  ['a variable in a fragment',   'query ($n: Int) { ...Q } fragment Q on Query { orders(first: $n) { edges { node { ...O } } } }'],
  ['a variable of another list', 'query ($n: Int) { cases(first: $n) { edges { node { order { ...O } } } } }'],
  ['left out five times',        `{ ${repeated(5, (i) => `a${i}: orders { edges { node { ...O } } }`)} }`],
])('a page of too much is refused, its length %s', (_, source) => {
  const O = `fragment O on Order { ${repeated(5, (i) => `a${i}: payments { order { id events { id type } payments { id } } }`)} }`;
  expect(refusal(`${source} ${O}`)).toMatch(/^Syntax Error: Query Cost limit of \d+ exceeded/);
  const only20 = source.replaceAll(/first: (100|\$n)/g, 'first: 20').replaceAll(/a[1-4]: orders {.*?} } }/g, '');
  expect(refusal(`${only20.replace('($n: Int)', '')} ${O}`)).toBe('taken');
});

test('a document that was good is parsed once; one that was refused is refused again', () => {
  const good = check('{ __typename }');
  expect(check('{ __typename }')).toEqual(good);
  if ('document' in good) expect(check('{ __typename }')).toHaveProperty('document', good.document);
  expect(refusal('{ nothing }')).toBe(refusal('{ nothing }'));
});

test('the token limit is where it says', () => {
  const tokens = (count: number) =>
    `{ orders(filter: {status: [${'PAID '.repeat(count)}]}) { pageInfo { hasNextPage } } }`;
  expect(refusal(tokens(MAX_TOKENS - 19))).toBe('taken');
  expect(refusal(tokens(MAX_TOKENS - 18))).toMatch(/tokens/);
});
