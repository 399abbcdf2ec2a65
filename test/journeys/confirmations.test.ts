// A second person agrees: refunds over the limit, undos at a till, changes of keys and webhooks, and a maker's own code.
import { createHmac, randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type Counter, counter } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { ConfirmationPolicyInput, CreateApiKeyInput, Decision, Scope } from '../support/gql/graphql.ts';
import { ask, type Door, dataOf } from '../support/graphql-client.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';

graphql(`fragment Held on ConfirmationRequired { code message operationId expiresAt refund { id status refundNo } }`);
const SET_POLICY = graphql(`
  mutation SetConfirmationPolicy($policy: ConfirmationPolicyInput!) {
    setConfirmationPolicy(policy: $policy) {
      __typename ... on ConfirmationPolicy { refundAbove settings } ... on ErrorResult { code message }
      ... on ConfirmationRequired { operationId }
    }
  }
`);
const GIVE_BACK = graphql(`
  mutation AskForRefund($input: RefundOrderInput!) {
    refundOrder(input: $input) { __typename ... on Refund { id status } ... on ErrorResult { code message } ...Held }
  }
`);
const UNDO = graphql(`
  mutation AskForUndo($id: ID!) {
    reverseOrder(input: { order: { id: $id } }) {
      __typename ... on Order { id status } ... on ErrorResult { code message } ...Held
    }
  }
`);
const DECIDE = graphql(`
  mutation Decide($input: ConfirmOperationInput!) {
    confirmOperation(input: $input) {
      __typename ... on Refund { id refundStatus: status } ... on Order { id orderStatus: status }
      ... on Operation { id state kind summary askedBy decidedBy } ... on ErrorResult { code message }
    }
  }
`);
const WAITING = graphql(`
  query Waiting { operations { edges { node { id kind state summary askedBy orderId } } pageInfo { hasNextPage } } }
`);
const MAKE_KEY = graphql(`
  mutation MakeKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      __typename ... on ApiKeySecret { secret apiKey { id scopes } } ... on ErrorResult { code message }
      ... on ConfirmationRequired { operationId }
    }
  }
`);
const ROTATE_KEY = graphql(`
  mutation RotateMaker($id: ID!) {
    rotateApiKey(input: { id: $id }) { __typename ... on ApiKeySecret { secret } ... on ErrorResult { code } }
  }
`);
const ADD_WEBHOOK = graphql(`
  mutation AddWebhook($url: String!) {
    createWebhookEndpoint(input: { url: $url }) {
      __typename ... on WebhookSecret { endpoint { id url } } ... on ErrorResult { code message }
      ... on ConfirmationRequired { operationId }
    }
  }
`);
const ENROL = graphql(`
  mutation Enrol($code: String) {
    enrolTotp(code: $code) { __typename ... on TotpEnrolment { secret url } ... on ErrorResult { code } }
  }
`);
const ACTIVATE = graphql(`
  mutation Activate($code: String!) { activateTotp(code: $code) { __typename ... on ErrorResult { code } } }
`);

const KEEP_LATE_MONEY = graphql(`mutation KeepLateMoney { setCasePolicy(policy: ACCEPT) }`);
const LAST_NOTE = graphql(`query LastNote { auditNotes(first: 1) { edges { node { action subject details } } } }`);

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;

beforeAll(async () => {
  gateway = await startGateway();
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

async function setPolicy(policy: ConfirmationPolicyInput, by: Door = gateway) {
  return (await dataOf(ask(by, SET_POLICY, { policy }))).setConfirmationPolicy;
}

async function keyWith(input: Partial<CreateApiKeyInput> & { scopes?: Scope[] }) {
  const { createApiKey: key } = await dataOf(
    ask(gateway, MAKE_KEY, { input: { label: `key ${randomUUID()}`, ...input } }),
  );
  if (key.__typename !== 'ApiKeySecret') throw new Error(JSON.stringify(key));
  return { ...gateway, apiKey: key.secret, id: key.apiKey.id };
}

async function paid(amount = '8.88', terminalId?: string) {
  const { id, merchantOrderNo } = await till.open({ amount, ...(terminalId !== undefined && { terminalId }) });
  const { authCode } = await alipay.authCode();
  expect((await till.scanned(id, authCode)).status).toBe('SUCCEEDED');
  return { id, outTradeNo: merchantOrderNo };
}

async function refund(by: Door, id: string, amount: string, refundNo = 'R-1') {
  return (await dataOf(ask(by, GIVE_BACK, { input: { order: { id }, refundNo, amount } }))).refundOrder;
}

async function decide(by: Door, operationId: string, decision: Decision = 'APPROVE', code: string | null = null) {
  return (await dataOf(ask(by, DECIDE, { input: { operationId, decision, code } }))).confirmOperation;
}

async function undo(by: Door, id: string) {
  return (await dataOf(ask(by, UNDO, { id }))).reverseOrder;
}

/** The operation that waits; what was answered otherwise fails the test. */
function waits(answer: { readonly operationId?: string }): string {
  if (answer.operationId === undefined) throw new Error(`it does not wait: ${JSON.stringify(answer)}`);
  return answer.operationId;
}

const givenBack = async (outTradeNo: string) =>
  (await theTrade(alipay, outTradeNo)).refunds.map(({ outRequestNo, amount }) => [outRequestNo, amount]);

/** The code of an authenticator app at the gateway's time. */
async function codeOf(secret: string, stepsAway = 0): Promise<string> {
  const date = (await fetch(`${gateway.url}/healthz`)).headers.get('date') ?? '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.parse(date) / 30_000) + stepsAway));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

test('over the limit a refund waits; its maker and the key it is rotated into cannot confirm it, a checker can, once', async () => {
  expect(await setPolicy({ refundAbove: '5.00' })).toMatchObject({ refundAbove: '5.00' });
  const maker = await keyWith({ scopes: ['ORDERS_READ', 'REFUNDS_WRITE', 'REFUNDS_CONFIRM'] });
  const checker = await keyWith({ scopes: ['REFUNDS_CONFIRM'] });
  const { id, outTradeNo } = await paid();
  const asked = await refund(maker, id, '6.00');
  expect(asked).toMatchObject({
    __typename: 'ConfirmationRequired',
    code: 'CONFIRMATION_REQUIRED',
    refund: { status: 'AWAITING_CONFIRMATION', refundNo: 'R-1' },
  });
  const operationId = waits(asked);
  expect(await refund(maker, id, '6.00')).toMatchObject({ operationId });
  expect(await refund(maker, id, '3.00', 'R-2')).toMatchObject({ code: 'REFUND_EXCEEDS_PAID' });
  const { operations } = await dataOf(ask(checker, WAITING));
  expect(operations.edges.map(({ node }) => node)).toEqual([
    {
      id: operationId,
      kind: 'REFUND',
      state: 'WAITING',
      summary: expect.stringContaining('6.00'),
      askedBy: maker.id,
      orderId: id,
    },
  ]);

  expect(await decide(maker, operationId)).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  const rotated = (await dataOf(ask(gateway, ROTATE_KEY, { id: maker.id }))).rotateApiKey;
  const heir = { ...gateway, apiKey: rotated.__typename === 'ApiKeySecret' ? rotated.secret : '' };
  expect(await decide(heir, operationId)).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  expect(await givenBack(outTradeNo)).toEqual([]);

  const said = await Promise.all([decide(checker, operationId), decide(checker, operationId)]);
  expect(said.map(({ __typename }) => __typename)).toContain('Refund');
  await till.becomes(id, ({ refundedAmount }) => refundedAmount === '6.00');
  // Said again by the same person it is answered as it is.
  expect(await decide(checker, operationId)).toMatchObject({ __typename: 'Refund', refundStatus: 'SUCCEEDED' });
  expect(await decide(checker, operationId, 'REJECT')).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  expect(await givenBack(outTradeNo)).toEqual([['R-1', '6.00']]);
  expect((await dataOf(ask(checker, WAITING))).operations.edges).toEqual([]);
});

test('turned down: nothing goes back, the amount is free, the number is spent; under the limit nobody is asked', async () => {
  const { id, outTradeNo } = await paid();
  const checker = await keyWith({ scopes: ['REFUNDS_CONFIRM'] });
  const asked = await refund(gateway, id, '8.88');
  expect(await decide(checker, waits(asked), 'REJECT')).toMatchObject({ refundStatus: 'REJECTED' });
  expect(await refund(gateway, id, '8.88')).toMatchObject({ code: 'REFUND_NO_CONFLICT' });
  expect(await refund(gateway, id, '5.00', 'R-2')).toMatchObject({ __typename: 'Refund' });
  await till.becomes(id, ({ refundedAmount }) => refundedAmount === '5.00');
  expect(await givenBack(outTradeNo)).toEqual([['R-2', '5.00']]);
  const { events } = await till.sale(id);
  expect(events.map(({ type }) => type).filter((type) => type.startsWith('refund.'))).toEqual(
    expect.arrayContaining(['refund.requested', 'refund.rejected']),
  );
});

test('nobody decides: a day later it is turned down by itself', async () => {
  const { id } = await paid();
  const asked = await refund(gateway, id, '8.00');
  await alipay.advance(24 * 3_600_000 + 1_000);
  await till.becomes(id, ({ refunds }) => refunds[0]?.status === 'REJECTED');
  const checker = await keyWith({ scopes: ['REFUNDS_CONFIRM'] });
  expect(await decide(checker, waits(asked))).toMatchObject({ code: 'CONFIRMATION_INVALID' });
});

test("a till's undo of a paid sale waits; of an unpaid one it does not", async () => {
  expect(await setPolicy({ terminalsAlways: true })).toMatchObject({ __typename: 'ConfirmationPolicy' });
  const t1 = await keyWith({ label: 'till', terminalId: 'T1' });
  const checker = await keyWith({ scopes: ['REFUNDS_CONFIRM'] });
  const unpaid = await till.open({ terminalId: 'T1' });
  expect(await undo(t1, unpaid.id)).toMatchObject({ status: 'CANCELLED' });
  const { id, outTradeNo } = await paid('8.88', 'T1');
  const asked = await undo(t1, id);
  expect(await undo(t1, id)).toMatchObject({ operationId: waits(asked) });
  expect(await decide(checker, waits(asked))).toMatchObject({ __typename: 'Order' });
  await till.becomes(id, ({ status }) => status === 'REFUNDED');
  expect((await givenBack(outTradeNo)).map(([, amount]) => amount)).toEqual(['8.88']);
});

test('a till takes its own undo back and hears of what waits for the rest; another key without the scope does neither', async () => {
  expect(await setPolicy({ terminalsAlways: true, refundAbove: '5.00' })).toMatchObject({ refundAbove: '5.00' });
  const t1 = await keyWith({ label: 'another till', terminalId: 'T1' });
  const stranger = await keyWith({ scopes: ['REFUNDS_WRITE'] });
  const { id, outTradeNo } = await paid('8.88', 'T1');
  const asked = waits(await undo(t1, id));
  expect(await decide(stranger, asked, 'REJECT')).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  expect(await decide(t1, asked, 'REJECT')).toMatchObject({ __typename: 'Order', orderStatus: 'PAID' });
  const whole = waits(await refund(gateway, id, '8.88'));
  expect(await undo(t1, id)).toMatchObject({ operationId: whole, refund: { refundNo: 'R-1' } });
  expect(await decide(t1, whole, 'REJECT')).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  expect(await givenBack(outTradeNo)).toEqual([]);
});

test("a maker's own one-time code stands in for a second person, and each code once", async () => {
  expect(await setPolicy({ refundAbove: '0.00' })).toMatchObject({ __typename: 'ConfirmationPolicy' });
  const maker = await keyWith({ scopes: ['REFUNDS_WRITE', 'REFUNDS_CONFIRM'] });
  const { enrolTotp: enrolled } = await dataOf(ask(maker, ENROL, {}));
  if (enrolled.__typename !== 'TotpEnrolment') throw new Error(JSON.stringify(enrolled));
  expect(enrolled.url).toContain(`secret=${enrolled.secret}`);
  const { id, outTradeNo } = await paid();
  const first = await refund(maker, id, '1.00', 'A');
  const second = await refund(maker, id, '1.00', 'B');
  const early = await codeOf(enrolled.secret);
  expect(await decide(maker, waits(first), 'APPROVE', early)).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  expect((await dataOf(ask(maker, ACTIVATE, { code: early }))).activateTotp).toMatchObject({
    __typename: 'TotpActivated',
  });
  expect(await decide(maker, waits(first), 'APPROVE', early)).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  const code = await codeOf(enrolled.secret, 1);
  expect(await decide(maker, waits(first), 'APPROVE', code)).toMatchObject({ __typename: 'Refund' });
  expect(await decide(maker, waits(second), 'APPROVE', code)).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  // A new secret in its place takes a code, or a second person.
  expect((await dataOf(ask(maker, ENROL, {}))).enrolTotp).toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  await till.becomes(id, ({ refundedAmount }) => refundedAmount === '1.00');
  expect(await givenBack(outTradeNo)).toEqual([['A', '1.00']]);
});

test('keys, webhooks and a looser policy: approved, they are done when their maker asks again, once and as approved', async () => {
  const checker = await keyWith({ scopes: ['ADMIN'] });
  expect(await setPolicy({ settings: true })).toMatchObject({ settings: true });
  const input: CreateApiKeyInput = { label: 'books', scopes: ['ORDERS_READ'] };
  const make = async (more: Partial<CreateApiKeyInput> = {}) =>
    (await dataOf(ask(gateway, MAKE_KEY, { input: { ...input, ...more } }))).createApiKey;
  expect(await make({ scopes: [] })).toMatchObject({ code: 'INVALID_INPUT' });
  const asked = await make();
  expect(await make()).toMatchObject({ operationId: waits(asked) });
  expect(await decide(gateway, waits(asked))).toMatchObject({ code: 'CONFIRMATION_INVALID' });
  expect(await decide(checker, waits(asked))).toMatchObject({
    __typename: 'Operation',
    state: 'APPROVED',
    summary: 'Make an API key "books" that may do orders:read',
  });
  expect(await make({ scopes: ['ORDERS_WRITE'] })).toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  const answers = await Promise.all([make(), make()]);
  expect(answers.filter(({ __typename }) => __typename === 'ApiKeySecret')).toHaveLength(1);
  expect(await make()).toMatchObject({ code: 'INVALID_INPUT' });

  const url = 'http://127.0.0.1:9/hook';
  const add = async () => (await dataOf(ask(gateway, ADD_WEBHOOK, { url }))).createWebhookEndpoint;
  const hook = await add();
  expect(await decide(checker, waits(hook))).toMatchObject({ summary: expect.stringContaining(url) });
  expect(await add()).toMatchObject({ __typename: 'WebhookSecret', endpoint: { url } });

  const late = () => ask(gateway, KEEP_LATE_MONEY);
  const [waiting] = (await late()).errors ?? [];
  expect(waiting?.extensions).toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  const operationId = waits(waiting?.extensions ?? {});
  expect(await decide(checker, operationId)).toMatchObject({ kind: 'POLICY', state: 'APPROVED' });
  expect(await dataOf(late())).toEqual({ setCasePolicy: 'ACCEPT' });
  const { auditNotes } = await dataOf(ask(gateway, LAST_NOTE));
  expect(auditNotes.edges[0]?.node).toEqual({
    action: 'case_policy.set',
    subject: expect.stringMatching(/^mer_/),
    details: { before: 'AUTO_REFUND', after: 'ACCEPT' },
  });

  expect(await setPolicy({ settings: true, refundAbove: '1.00' })).toMatchObject({ refundAbove: '1.00' });
  const looser = await setPolicy({});
  expect(await decide(checker, waits(looser), 'REJECT')).toMatchObject({ state: 'REJECTED' });
  const again = await setPolicy({});
  await decide(checker, waits(again));
  expect(await setPolicy({})).toMatchObject({ __typename: 'ConfirmationPolicy', settings: false });
});
