// Money that does not fit: what a merchant sees of it, and how a person settles it.
import { beforeAll, expect, test } from 'vitest';
import { exec, sdkFor } from '../sandbox/fixture.ts';
import { addMerchant } from '../support/behind.ts';
import { type Counter, counter, MUTATIONS, mutationOf } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { CasePolicy, ListCasesQueryVariables } from '../support/gql/graphql.ts';
import { ask, askRaw, type Door, dataOf, type Variables } from '../support/graphql-client.ts';
import { newOrder } from '../support/sale.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;

beforeAll(async () => {
  gateway = await startGateway();
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

const LIST = graphql(`
  query ListCases($filter: CaseFilter, $after: String, $first: Int) {
    cases(filter: $filter, after: $after, first: $first) {
      edges { cursor node { ...CounterCase outTradeNo order { id } evidence { kind } } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
`);
const SET_POLICY = graphql(`mutation SetPolicy($policy: CasePolicy!) { setCasePolicy(policy: $policy) }`);
const POLICY = graphql(`query Policy { casePolicy }`);
const NODE = graphql(`query NodeOfCase($id: ID!) { node(id: $id) { id } }`);
const PARTS = graphql(`query PartsOfSale($id: ID!) { order(ref: { id: $id }) { cases { id } refunds { id } } }`);

async function list(variables: ListCasesQueryVariables = {}, door: Door = gateway) {
  return (await dataOf(ask(door, LIST, variables))).cases;
}

async function numbersOf(variables: ListCasesQueryVariables): Promise<string[]> {
  return (await list(variables)).edges.map(({ node }) => node.outTradeNo);
}

async function setPolicy(policy: CasePolicy): Promise<void> {
  expect(await dataOf(ask(gateway, SET_POLICY, { policy }))).toEqual({ setCasePolicy: policy });
  expect(await dataOf(ask(gateway, POLICY))).toEqual({ casePolicy: policy });
}

/** Cancelled here, paid at Alipay all the same. */
async function lateMoney() {
  const { id, merchantOrderNo: outTradeNo } = await till.open();
  const { qrCode } = await till.qrCode(id);
  await till.move('cancelOrder', id);
  await alipay.scan(qrCode?.content ?? '');
  await alipay.pay(outTradeNo);
  const { cases } = await till.becomes(id, (sale) => sale.cases.length === 1);
  return { id, outTradeNo, caseId: cases[0]?.id ?? '', late: cases[0] };
}

/** Somebody else collects under this number with the shop's own keys. */
async function paidElsewhere(outTradeNo: string, amount: string): Promise<string> {
  const { authCode } = await alipay.authCode();
  const sale = { out_trade_no: outTradeNo, total_amount: amount, subject: 'x', auth_code: authCode, scene: 'bar_code' };
  await exec(await sdkFor(gateway.sandboxUrl), 'pay', sale, `${gateway.url}/alipay/notify`);
  const [found] = await until(
    async () => (await list({ first: 100 })).edges.filter(({ node }) => node.outTradeNo === outTradeNo),
    (edges) => edges.length === 1,
  );
  return found?.node.id ?? '';
}

async function atRisk(kind: string): Promise<number> {
  const figures = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = figures.matchAll(new RegExp(`^kassa_cases_open_fen\\{kind="${kind}",age="[^"]+"\\} (\\d+)$`, 'gm'));
  return [...lines].reduce((sum, [, fen]) => sum + Number(fen), 0);
}

test('HOLD: late money waits and counts as at risk; CLOSE moves nothing; a second decision is refused', async () => {
  await setPolicy('HOLD');
  const { id, outTradeNo, caseId, late } = await lateMoney();
  expect(late).toMatchObject({ kind: 'LATE', amount: '8.88', policy: 'HOLD', state: 'OPEN', nextAction: 'DECIDE' });
  await until(
    () => atRisk('late'),
    (fen) => fen === 888,
  );
  await alipay.advance(3_600_000);
  expect((await till.sale(id)).refunds).toEqual([]);
  for (const note of ['', 'x'.repeat(257)])
    expect(await till.resolve(caseId, 'CLOSE', note)).toMatchObject({ code: 'INVALID_INPUT', field: 'note' });
  const closed = await till.resolve(caseId, 'CLOSE', 'paid back in cash');
  expect(closed).toMatchObject({ state: 'CLOSED', nextAction: 'NONE', note: 'paid back in cash' });
  expect(await till.resolve(caseId, 'CLOSE')).toMatchObject({ __typename: 'Case', note: 'paid back in cash' });
  expect(await till.resolve(caseId, 'REFUND')).toMatchObject({ code: 'CASE_NOT_RESOLVABLE' });
  expect(await till.sale(id)).toMatchObject({ status: 'CANCELLED', refunds: [] });
  expect([await atRisk('late'), (await theTrade(alipay, outTradeNo)).refunds]).toEqual([0, []]);
});

test('ACCEPT: the order is PAID after all, once', async () => {
  const { id, caseId, outTradeNo } = await lateMoney();
  expect(await till.resolve(caseId, 'ACCEPT', 'the buyer is here')).toMatchObject({ state: 'ACCEPTED' });
  expect(await till.resolve(caseId, 'ACCEPT')).toMatchObject({ __typename: 'Case', state: 'ACCEPTED' });
  expect(await till.resolve(caseId, 'REFUND')).toMatchObject({ code: 'CASE_NOT_RESOLVABLE' });
  expect(await till.sale(id)).toMatchObject({ status: 'PAID', refunds: [] });
  expect(await till.refund(id, `R-${outTradeNo}`, '8.88')).toMatchObject({ __typename: 'Refund' });
  await till.becomes(id, ({ status }) => status === 'REFUNDED');
});

test('REFUND: given back once, however often it is decided', async () => {
  const { id, caseId, outTradeNo } = await lateMoney();
  const both = await Promise.all([till.resolve(caseId, 'REFUND'), till.resolve(caseId, 'REFUND')]);
  expect(both.map(({ __typename }) => __typename)).toEqual(['Case', 'Case']);
  await till.becomes(id, ({ cases: [one] }) => one?.state === 'REFUNDED');
  expect(await till.resolve(caseId, 'REFUND')).toMatchObject({ __typename: 'Case', state: 'REFUNDED' });
  expect((await theTrade(alipay, outTradeNo)).refunds).toHaveLength(1);
});

test('the rule of the merchant: ACCEPT makes late money PAID by itself, AUTO_REFUND gives it back', async () => {
  await setPolicy('ACCEPT');
  const kept = await lateMoney();
  await till.becomes(kept.id, ({ status }) => status === 'PAID');
  await setPolicy('AUTO_REFUND');
  const returned = await lateMoney();
  await till.becomes(returned.id, ({ cases: [one] }) => one?.state === 'REFUNDED');
  expect(await till.resolve(kept.caseId, 'REFUND')).toMatchObject({ code: 'CASE_NOT_RESOLVABLE' });
});

test('a wrong amount and a number that no order has: HOLD whatever the rule, and only to be closed', async () => {
  const { id, merchantOrderNo } = await till.open();
  const wrong = await paidElsewhere(merchantOrderNo, '1.00');
  const unknown = await paidElsewhere(newOrder().merchantOrderNo, '9.99');
  expect((await till.sale(id)).status).toBe('PENDING');
  const found = (await list({ filter: { kind: ['WRONG_AMOUNT', 'UNKNOWN_ORDER'] } })).edges.map(({ node }) => node);
  expect(found).toMatchObject([
    { id: unknown, kind: 'UNKNOWN_ORDER', amount: '9.99', policy: 'HOLD', order: null },
    { id: wrong, kind: 'WRONG_AMOUNT', amount: '1.00', policy: 'HOLD', order: { id } },
  ]);
  expect([await atRisk('wrong_amount'), await atRisk('unknown_order')]).toEqual([100, 999]);
  for (const caseId of [wrong, unknown]) {
    for (const decision of ['ACCEPT', 'REFUND'] as const)
      expect(await till.resolve(caseId, decision)).toMatchObject({ code: 'CASE_NOT_RESOLVABLE' });
    expect(await till.resolve(caseId, 'CLOSE')).toMatchObject({ __typename: 'Case', state: 'CLOSED' });
  }
  expect([await atRisk('wrong_amount'), await atRisk('unknown_order')]).toEqual([0, 0]);
});

test('the list: newest first, in pages that stay, by state and kind', async () => {
  const all = await numbersOf({ first: 100 });
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { edges, pageInfo }: Awaited<ReturnType<typeof list>> = await list({ first: 2, after });
    if (seen.length === 0) await lateMoney();
    seen.push(...edges.map(({ node }) => node.outTradeNo));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  expect([seen, seen.length]).toEqual([all, 7]);
  const closed = (await list({ filter: { state: ['CLOSED'], kind: ['LATE'] } })).edges.map(({ node }) => node);
  expect(closed).toMatchObject([{ kind: 'LATE', state: 'CLOSED' }]);
  expect(await numbersOf({ filter: { state: [] } })).toEqual([]);
  for (const wrong of [{ first: 0 }, { first: 101 }, { after: 'nonsense' }])
    expect((await ask(gateway, LIST, wrong)).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test("another merchant's cases are not there; a client token opens none and runs no mutation", async () => {
  const { id, caseId } = await lateMoney();
  const other = { ...gateway, apiKey: await addMerchant(gateway.env.DATABASE_URL ?? '') };
  expect((await list({}, other)).edges).toEqual([]);
  const theirs = counter(other);
  for (const named of [caseId, 'case_x', id])
    expect(await theirs.resolve(named, 'CLOSE')).toMatchObject({
      code: 'CASE_NOT_FOUND',
    });
  expect(await dataOf(ask(other, NODE, { id: caseId }))).toEqual({ node: null });
  expect(await theirs.refund(id, 'R', '1.00')).toMatchObject({ code: 'ORDER_NOT_FOUND' });

  const { clientToken } = await till.sale(id);
  const buyer = { ...gateway, apiKey: clientToken };
  const [order, more] = [{ id }, { authCode: '280000000000000000', method: 'PAGE', refundNo: 'R', amount: '1.00' }];
  const inputs: Readonly<Record<string, Variables>> = {
    payByAuthCode: { order, authCode: more.authCode },
    createRedirectPayment: { order, method: more.method },
    refundOrder: { order, refundNo: more.refundNo, amount: more.amount },
    resolveCase: { caseId, decision: 'CLOSE' },
  };
  const answers = [
    ...(await Promise.all(
      Object.keys(MUTATIONS).map((name) => askRaw(buyer, mutationOf(name), { input: inputs[name] ?? { order } })),
    )),
    await ask(buyer, SET_POLICY, { policy: 'HOLD' }),
    await ask(buyer, LIST),
    await ask(buyer, POLICY),
  ];
  for (const { errors } of answers) expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  const seen = await ask(buyer, PARTS, { id });
  expect(seen.data).toMatchObject({ order: { cases: [] } });
});
