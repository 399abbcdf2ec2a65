// Money that does not fit, as a merchant sees it and settles it.
import { describe, expect, test } from 'vitest';
import { toTypeId } from '../../src/ids.ts';
import type { Caller } from '../../src/merchants/caller.ts';
import { type Case, caseRefundNo } from '../../src/orders/case.ts';
import { graphql } from '../support/gql/gql.ts';
import type { ResolveCaseInput } from '../support/gql/graphql.ts';
import { memoryStore, scriptedChannel } from '../support/memory-ports.ts';
import { anOrder, aPayment, aRefund, MERCHANT, newId, TRADE } from '../support/orders.ts';
import { CASHIER, memoryShop } from '../support/schema.ts';
import { aCase } from './a-case.ts';

graphql(`
  fragment WholeCase on Case {
    id kind amount outTradeNo tradeNo policy state nextAction openedAt resolvedAt note order { merchantOrderNo }
    evidence { id kind receivedAt }
  }
`);
const RESOLVE = graphql(`
  mutation ResolveWholeCase($input: ResolveCaseInput!) {
    resolveCase(input: $input) {
      __typename ...WholeCase ... on ErrorResult { code message } ... on InvalidInput { field }
    }
  }
`);
const ALL = graphql(`query AllCases { cases { edges { node { ...WholeCase } } } }`);
const ONE_BY_ONE = graphql(`
  query CasesOneByOne($after: String, $filter: CaseFilter) {
    cases(first: 1, after: $after, filter: $filter) {
      edges { cursor node { id kind } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);
const CURSORS = graphql(`
  query CursorsOfCases($first: Int, $after: String) { cases(first: $first, after: $after) { edges { cursor } } }
`);
const OF_ORDER = graphql(`
  query CasesOfOrder {
    order(ref: { merchantOrderNo: "A-1" }) { status cases { kind order { cases { state } } } }
  }
`);
const NODE = graphql(`query CaseAsNode($id: ID!) { node(id: $id) { __typename id } }`);
const POLICY = graphql(`query PolicyOfCases { casePolicy }`);
const SET_POLICY = graphql(`mutation SetPolicyOfCases($policy: CasePolicy!) { setCasePolicy(policy: $policy) }`);

const SETTINGS_NEED_SOMEBODY = graphql(`
  mutation SettingsNeedSomebody { setConfirmationPolicy(policy: { settings: true }) { __typename } }
`);

/** A cancelled order that was paid all the same, and what became of that. */
function lateMoney(fields: Partial<Case> = {}) {
  const id = newId();
  const one = aCase({ orderId: id, ...fields });
  const payment = aPayment({ status: 'SUCCEEDED', tradeNo: TRADE });
  return { one, order: anOrder({ id, status: 'CANCELLED', payments: [payment], cases: [one] }) };
}

function shopWith(...fields: Partial<Case>[]) {
  const given = fields.map((some) => lateMoney(some));
  return { cases: given.map(({ one }) => one), ...memoryShop(memoryStore(...given.map(({ order }) => order))) };
}

describe('reading', () => {
  test('a case says what is known and what comes next; its message is named, never shown', async () => {
    const { cases, run } = shopWith({ kind: 'second_payment', policy: 'AUTO_REFUND' });
    const { data } = await run(ALL, {});
    const [one] = cases;
    expect(data.cases.edges[0]?.node).toEqual({
      id: toTypeId('case', one?.id ?? ''),
      kind: 'SECOND_PAYMENT',
      amount: '9.99',
      outTradeNo: 'A-1',
      tradeNo: TRADE,
      policy: 'AUTO_REFUND',
      state: 'OPEN',
      nextAction: 'AUTOMATIC_REFUND',
      openedAt: '2026-11-23T12:00:00.000Z',
      resolvedAt: null,
      note: null,
      order: { merchantOrderNo: 'A-1' },
      evidence: {
        id: toTypeId('evd', one?.evidenceId ?? ''),
        kind: 'NOTIFICATION',
        receivedAt: '2026-11-23T12:00:00.000Z',
      },
    });
  });

  test('a refund of its own that Alipay refused makes it a matter for a person', async () => {
    const { one, order } = lateMoney({ policy: 'AUTO_REFUND' });
    const refund = aRefund({ paymentId: order.payments[0]?.id ?? '', refundNo: caseRefundNo(one), status: 'FAILED' });
    const { run } = memoryShop(memoryStore({ ...order, refunds: [refund] }));
    const { data } = await run(ALL, {});
    expect(data.cases.edges[0]?.node).toMatchObject({ nextAction: 'DECIDE' });
  });

  test('money of no order has none', async () => {
    const one = aCase({ kind: 'unknown_order' });
    const { run } = memoryShop(memoryStore(anOrder({ cases: [one] })));
    const { data } = await run(ALL, {});
    expect(data.cases.edges[0]?.node).toMatchObject({ kind: 'UNKNOWN_ORDER', nextAction: 'DECIDE', order: null });
  });

  test('an order tells of its cases', async () => {
    const { run } = shopWith({});
    const { data } = await run(OF_ORDER, {});
    expect(data.order?.cases).toEqual([{ kind: 'LATE', order: { cases: [{ state: 'OPEN' }] } }]);
  });

  test('the list is filtered by state and kind, and goes on after a cursor', async () => {
    const { run, asked } = shopWith({}, { state: 'CLOSED' }, { kind: 'wrong_amount' });
    const { data } = await run(ONE_BY_ONE, { filter: { state: ['OPEN'], kind: ['LATE', 'WRONG_AMOUNT'] } });
    const [edge] = data.cases.edges;
    expect(edge?.node.kind).toBe('WRONG_AMOUNT');
    expect(data.cases.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edge?.cursor,
      endCursor: edge?.cursor,
    });
    await run(ONE_BY_ONE, { after: edge?.cursor });
    expect(asked[0]).toMatchObject({ first: 1, state: ['OPEN'], kind: ['late', 'wrong_amount'] });
    expect(toTypeId('case', asked[1]?.afterId ?? '')).toBe(edge?.node.id);
  });

  test.each([{ first: 0 }, { first: 101 }, { after: 'x' }])('%j is bad input', async (asked) => {
    const { faults } = await shopWith().run(CURSORS, asked);
    expect(faults).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('node finds a case by its id, but not another merchant’s', async () => {
    const { cases, run } = shopWith({});
    const id = toTypeId('case', cases[0]?.id ?? '');
    expect((await run(NODE, { id })).data.node).toEqual({ __typename: 'Case', id });
    const stranger: Caller = { ...CASHIER, merchantId: newId() };
    expect((await run(NODE, { id }, stranger)).data.node).toBeNull();
  });
});

describe('resolveCase', () => {
  test('closes a case with a note', async () => {
    const { cases, run } = shopWith({ policy: 'HOLD' });
    const caseId = toTypeId('case', cases[0]?.id ?? '');
    const { data } = await run(RESOLVE, { input: { caseId, decision: 'CLOSE', note: 'settled by phone' } });
    expect(data.resolveCase).toMatchObject({
      __typename: 'Case',
      state: 'CLOSED',
      note: 'settled by phone',
      nextAction: 'NONE',
    });
  });

  // biome-ignore format: a table
  test.each<[string, Partial<Case>, Omit<ResolveCaseInput, 'caseId'> & Partial<ResolveCaseInput>, object]>([
    ['resolved another way',        { state: 'REFUNDED' },     { decision: 'CLOSE' },                  { __typename: 'CaseNotResolvable', code: 'CASE_NOT_RESOLVABLE' }],
    ['money that is not ours',      { kind: 'wrong_seller' },  { decision: 'ACCEPT' },                 { __typename: 'CaseNotResolvable' }],
    ['a note that cannot be kept',  {},                        { decision: 'CLOSE', note: '\u0000' },  { __typename: 'InvalidInput', field: 'note' }],
    ['an unknown case',             {},                        { caseId: toTypeId('case', newId()), decision: 'CLOSE' }, { __typename: 'CaseNotFound', code: 'CASE_NOT_FOUND' }],
    ['no id of a case',             {},                        { caseId: toTypeId('ord', newId()), decision: 'CLOSE' },  { __typename: 'CaseNotFound' }],
  ])('%s', async (_, fields, asked, expected) => {
    const { cases, run } = shopWith(fields);
    const input = { caseId: toTypeId('case', cases[0]?.id ?? ''), ...asked };
    const { data, faults } = await run(RESOLVE, { input });
    expect(faults).toEqual([]);
    expect(data.resolveCase).toMatchObject(expected);
  });
});

test('the policy is AUTO_REFUND until it is set', async () => {
  const { run } = memoryShop();
  expect((await run(POLICY, {})).data.casePolicy).toBe('AUTO_REFUND');
  expect((await run(SET_POLICY, { policy: 'HOLD' })).data.setCasePolicy).toBe('HOLD');
  expect((await run(POLICY, {})).data.casePolicy).toBe('HOLD');
});

test('where settings need a second person, another policy is the error that names what waits', async () => {
  const { run } = memoryShop();
  await run(SETTINGS_NEED_SOMEBODY, {});
  const { faults } = await run(SET_POLICY, { policy: 'ACCEPT' });
  expect(faults).toMatchObject([
    {
      path: ['setCasePolicy'],
      extensions: {
        code: 'CONFIRMATION_REQUIRED',
        operationId: expect.stringMatching(/^op_/),
        expiresAt: '2026-11-24T12:00:00.000Z',
      },
    },
  ]);
  expect((await run(POLICY, {})).data.casePolicy).toBe('AUTO_REFUND');
  expect((await run(SET_POLICY, { policy: 'HOLD' })).data.setCasePolicy).toBe('HOLD');
});

describe('a client token', () => {
  const { one, order } = lateMoney();
  const client: Caller = { kind: 'client', merchantId: MERCHANT, orderId: order.id, token: 'client_mine' };
  const { run } = memoryShop(memoryStore(order), scriptedChannel({}));

  test('sees no cases in its order', async () => {
    const { data } = await run(OF_ORDER, {}, client);
    expect(data.order).toEqual({ status: 'CANCELLED', cases: [] });
  });

  const id = toTypeId('case', one.id);
  test.each([
    ['cases', () => run(CURSORS, {}, client)],
    ['casePolicy', () => run(POLICY, {}, client)],
    ['setCasePolicy', () => run(SET_POLICY, { policy: 'ACCEPT' }, client)],
    ['resolveCase', () => run(RESOLVE, { input: { caseId: id, decision: 'CLOSE' } }, client)],
    ['node', () => run(NODE, { id }, client)],
  ])('%s is forbidden', async (_, asked) => {
    const { faults } = await asked();
    expect(faults.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });
});
