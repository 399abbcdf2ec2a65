// Many merchants on one installation: each sells through an app of its own, and nobody touches what is another's.
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { PRECREATE, QUERY, says, signedText } from '../alipay/fake-gateway.ts';
import { alipay, pem } from '../alipay/keys.ts';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { AddAppInput, UpdateAppInput } from '../support/gql/graphql.ts';
import { ask, type Door, dataOf } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, follow, newOrder, precreate, readOrder, sell, theOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

graphql(`
  fragment AppView on AlipayApp {
    appId sellerId fromEnvironment mode gateway keyFingerprint alipayKeyFingerprints suspendedAt
  }
`);
graphql(`fragment MerchantView on Merchant { id name suspendedAt }`);
const CREATE_MERCHANT = graphql(`
  mutation CreateMerchant($name: String!) {
    createMerchant(name: $name) {
      __typename ... on MerchantCreated { secret merchant { ...MerchantView } } ... on ErrorResult { code message }
    }
  }
`);
const MERCHANTS = graphql(`query Merchants { merchants { ...MerchantView } }`);
const SUSPEND_MERCHANT = graphql(`
  mutation SuspendMerchant($id: ID!) {
    suspendMerchant(id: $id) { __typename ...MerchantView ... on ErrorResult { code message } ... on InvalidInput { field } }
  }
`);
const RESUME_MERCHANT = graphql(`
  mutation ResumeMerchant($id: ID!) { resumeMerchant(id: $id) { __typename ...MerchantView } }
`);
const APPS = graphql(`query Apps { apps { ...AppView } }`);
const ADD_APP = graphql(`
  mutation AddApp($input: AddAppInput!) {
    addApp(input: $input) { __typename ...AppView ... on ErrorResult { code message } ... on InvalidInput { field } }
  }
`);
const UPDATE_APP = graphql(`
  mutation UpdateApp($input: UpdateAppInput!) {
    updateApp(input: $input) { __typename ...AppView ... on ErrorResult { code message } ... on InvalidInput { field } }
  }
`);
const SUSPEND_APP = graphql(`
  mutation SuspendApp($appId: ID!) { suspendApp(appId: $appId) { __typename ...AppView ... on ErrorResult { code } } }
`);
const RESUME_APP = graphql(`mutation ResumeApp($appId: ID!) { resumeApp(appId: $appId) { __typename } }`);
const VIEWER = graphql(`query ViewerOf { viewer { merchantId } }`);
const CASES = graphql(`query CasesOf { cases { edges { node { kind outTradeNo } } } }`);
const REFUND = graphql(`
  mutation RefundOf($order: OrderRef!) {
    refundOrder(input: { order: $order, refundNo: "R", amount: "8.88" }) {
      __typename ... on Refund { status } ... on ErrorResult { code }
    }
  }
`);

/** Another replica, and another process, learns of a change within so long. */
const WITHIN_MS = 5_000;

async function newMerchant(owner: Door, name: string) {
  const { createMerchant: made } = await dataOf(ask(owner, CREATE_MERCHANT, { name }));
  if (made.__typename !== 'MerchantCreated') throw new Error(JSON.stringify(made));
  return made;
}

const addApp = async (door: Door, input: AddAppInput) => (await dataOf(ask(door, ADD_APP, { input }))).addApp;
const updateApp = async (door: Door, input: UpdateAppInput) =>
  (await dataOf(ask(door, UPDATE_APP, { input }))).updateApp;
const statusOf = async (door: Door, merchantOrderNo: string) => (await theOrder(door, merchantOrderNo)).status;

describe('two replicas, and an Alipay that signs for each app with a key of its own', () => {
  const THEIRS = { appId: '2021000000000077', sellerId: '2088000000000077' };
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [own, first, second] = [pair(), pair(), pair()];
  let [one, two]: Gateway[] = [];
  let shop: Awaited<ReturnType<typeof newMerchant>>;
  /** The new merchant at either replica. */
  let here: Door;
  let there: Door;

  const gateways = () => {
    if (one === undefined || two === undefined) throw new Error('the gateways are not up');
    return [one, two] as const;
  };
  const paidTheirs = (number: string, key: KeyObject, more = {}) =>
    notice(paidFields(number, '8.88', { app_id: THEIRS.appId, seller_id: THEIRS.sellerId, ...more }), { key });

  beforeAll(async () => {
    const server = await startAlipay();
    server.answer = (asked, response) => {
      const { out_trade_no } = asked.bizContent;
      const isQuery = asked.query.get('method') === 'alipay.trade.query';
      const none = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST', sub_msg: '-' };
      const code = { code: '10000', msg: 'Success', out_trade_no, qr_code: `qr of ${asked.query.get('app_id')}` };
      const key = asked.query.get('app_id') === THEIRS.appId ? first : alipay;
      says(signedText(isQuery ? QUERY : PRECREATE, JSON.stringify(isQuery ? none : code), key.privateKey))(
        asked,
        response,
      );
    };
    const env = { ...alipayEnv(server.url), DATABASE_URL: await ownDatabase(), API_KEY: newApiKey() };
    [one, two] = await Promise.all([startGateway(env), startGateway(env)]);
    shop = await newMerchant(one, 'tea house');
    here = { ...one, apiKey: shop.secret };
    there = { ...two, apiKey: shop.secret };
    return () => server.close();
  });

  test('a merchant without an app is told so, and nothing is stored', async () => {
    const order = newOrder();
    expect(await createOrder(there, order)).toMatchObject({
      code: 'NO_ACTIVE_APP',
      message: expect.stringContaining('app'),
    });
    expect(await readOrder(there, { merchantOrderNo: order.merchantOrderNo })).toBeNull();
  });

  test('wrong keys are refused, naming the field; another address is the operator’s to set', async () => {
    const good = {
      ...THEIRS,
      privateKey: pem(own.privateKey, 'pkcs8'),
      alipayPublicKey: pem(first.publicKey, 'spki'),
    };
    expect(await addApp(here, { ...good, alipayPublicKey: pem(own.publicKey, 'spki') })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'alipayPublicKey',
    });
    expect(await addApp(here, { ...good, gateway: 'http://169.254.169.254/' })).toMatchObject({ field: 'gateway' });
    const [{ apps: owners }] = [await dataOf(ask(gateways()[0], APPS))];
    const taken = owners[0]?.appId ?? '';
    expect(await addApp(here, { ...good, appId: taken })).toMatchObject({ field: 'appId' });
    expect(await addApp(here, good)).toMatchObject({
      __typename: 'AlipayApp',
      mode: 'KEY',
      keyFingerprint: fingerprintOf(own.publicKey),
      alipayKeyFingerprints: [fingerprintOf(first.publicKey)],
    });
    const { apps } = await dataOf(ask(there, APPS));
    expect(apps.map(({ appId }) => appId)).toEqual([THEIRS.appId]);
    expect(JSON.stringify(apps)).not.toContain('PRIVATE');
    expect(owners).toMatchObject([{ fromEnvironment: true, alipayKeyFingerprints: [] }]);
  });

  test('the same number at two merchants: each pays its own, and nobody reads another’s', async () => {
    const [owner] = gateways();
    const order = newOrder();
    const mine = await sell(there, order);
    const theirs = await sell(owner, order);
    expect(mine.precreateQrCode).toMatchObject({ qrCode: { content: `qr of ${THEIRS.appId}` } });
    const number = order.merchantOrderNo;
    expect((await notify(two ?? owner, paidTheirs(number, first.privateKey))).body).toBe('success');
    expect([await statusOf(here, number), await statusOf(owner, number)]).toEqual(['PAID', 'PENDING']);
    expect((await notify(owner, notice(paidFields(number, '8.88')))).body).toBe('success');
    expect(await statusOf(owner, number)).toBe('PAID');
    if (theirs.createOrder.__typename !== 'Order') throw new Error('not sold');
    expect(await readOrder(here, { id: theirs.createOrder.id })).toBeNull();
    expect(await precreate(here, { id: theirs.createOrder.id })).toMatchObject({ code: 'ORDER_NOT_FOUND' });
  });

  test('a genuine notification of one app never pays another merchant’s order; one under the wrong key is forged', async () => {
    const [owner] = gateways();
    const order = newOrder();
    await sell(here, order);
    const number = order.merchantOrderNo;
    expect((await notify(owner, notice(paidFields(number, '8.88')))).body).toBe('failure');
    const cases = async (door: Door) =>
      (await dataOf(ask(door, CASES))).cases.edges.filter(({ node }) => node.outTradeNo === number);
    expect(await cases(owner)).toMatchObject([{ node: { kind: 'UNKNOWN_ORDER' } }]);
    expect((await notify(owner, paidTheirs(number, alipay.privateKey))).body).toBe('failure');
    expect((await notify(owner, paidTheirs(number, second.privateKey))).body).toBe('failure');
    expect([await statusOf(here, number), await cases(here)]).toEqual(['PENDING', []]);
    expect((await notify(owner, paidTheirs(number, first.privateKey))).body).toBe('success');
  });

  test('Alipay’s key is exchanged: for a while both are believed on every replica, then the new one alone', async () => {
    const [, other] = gateways();
    const heard = async (key: KeyObject) => {
      const order = newOrder();
      await createOrder(here, order);
      return (await notify(other, paidTheirs(order.merchantOrderNo, key))).body;
    };
    const { appId } = THEIRS;
    expect(await updateApp(here, { appId, addAlipayPublicKey: pem(second.publicKey, 'spki') })).toMatchObject({
      alipayKeyFingerprints: [second, first].map(({ publicKey }) => fingerprintOf(publicKey)),
    });
    await until(
      () => heard(second.privateKey),
      (body) => body === 'success',
      WITHIN_MS,
    );
    expect(await heard(first.privateKey)).toBe('success');
    expect(await precreate(there, { merchantOrderNo: (await sold(there)).merchantOrderNo })).toMatchObject({
      __typename: 'Payment',
    });
    await updateApp(here, { appId, dropAlipayKey: fingerprintOf(first.publicKey) });
    await until(
      () => heard(first.privateKey),
      (body) => body === 'failure',
      WITHIN_MS,
    );
    expect(await heard(second.privateKey)).toBe('success');
  });

  async function sold(door: Door) {
    const order = newOrder();
    await createOrder(door, order);
    return order;
  }

  test('suspended: refused with its sockets closed on every replica, Alipay heard all the same; resumed, all is as before', async () => {
    const [owner, other] = gateways();
    const order = await sold(here);
    const { id } = await theOrder(there, order.merchantOrderNo);
    const feed = follow(there, { orderId: id });
    await feed.count(1);
    expect((await dataOf(ask(owner, SUSPEND_MERCHANT, { id: shop.merchant.id }))).suspendMerchant).toMatchObject({
      __typename: 'Merchant',
      suspendedAt: expect.any(String),
    });
    expect(await feed.ended).toEqual({ kind: 'closed', code: 4403 });
    const asked = await until(
      () => ask(there, VIEWER),
      ({ errors }) => errors !== undefined,
      WITHIN_MS,
    );
    expect(asked).toMatchObject({
      status: 403,
      errors: [{ message: expect.stringContaining('suspended'), extensions: { code: 'FORBIDDEN' } }],
    });
    expect((await notify(other, paidTheirs(order.merchantOrderNo, second.privateKey))).body).toBe('success');
    await dataOf(ask(owner, RESUME_MERCHANT, { id: shop.merchant.id }));
    await until(
      () => ask(there, VIEWER),
      ({ errors }) => errors === undefined,
      WITHIN_MS,
    );
    expect(await statusOf(there, order.merchantOrderNo)).toBe('PAID');
  });

  test('the installation’s own merchant manages the others, and can’t be suspended; the others manage nobody', async () => {
    const [owner] = gateways();
    const { merchants } = await dataOf(ask(owner, MERCHANTS));
    expect(merchants.map(({ name }) => name)).toEqual(['default', 'tea house']);
    for (const refused of [
      ask(here, MERCHANTS),
      ask(here, CREATE_MERCHANT, { name: 'x' }),
      ask(here, SUSPEND_MERCHANT, { id: shop.merchant.id }),
    ])
      expect((await refused).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    const suspend = async (id: string) => (await dataOf(ask(owner, SUSPEND_MERCHANT, { id }))).suspendMerchant;
    expect(await suspend(merchants[0]?.id ?? '')).toMatchObject({ code: 'INVALID_INPUT', field: 'id' });
    expect(await suspend('mer_00000000000000000000000000')).toMatchObject({ code: 'MERCHANT_NOT_FOUND' });
  });
});

describe('two sellers at the sandbox', () => {
  test('each is paid and gives back through its own app; one that is suspended sells no more and loses nothing', async () => {
    const gateway = await startGateway();
    const shop = await newMerchant(gateway, 'noodle bar');
    const door = { ...gateway, apiKey: shop.secret };
    const made = await fetch(`${gateway.sandboxUrl}/_sandbox/apps`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const { appPrivateKey: privateKey, alipayPublicKey, ...named } = JSON.parse(await made.text());
    expect(await addApp(door, { ...named, privateKey, alipayPublicKey })).toMatchObject({ appId: named.appId });

    const order = newOrder({ merchantOrderNo: `T-${randomUUID().slice(0, 8)}` });
    await sell(gateway, order);
    await sell(door, order);
    const pending = newOrder();
    await sell(door, pending);
    const theirs = sandboxClient({ sandboxUrl: new URL(named.gateway).origin });
    await theirs.pay(order.merchantOrderNo);
    await until(
      () => statusOf(door, order.merchantOrderNo),
      (status) => status === 'PAID',
    );
    expect(await statusOf(gateway, order.merchantOrderNo)).toBe('PENDING');
    await sandboxClient(gateway).pay(order.merchantOrderNo);
    await until(
      () => statusOf(gateway, order.merchantOrderNo),
      (status) => status === 'PAID',
    );
    const { refundOrder } = await dataOf(ask(door, REFUND, { order: { merchantOrderNo: order.merchantOrderNo } }));
    expect(refundOrder).toMatchObject({ __typename: 'Refund', status: 'SUCCEEDED' });
    expect((await theirs.trades()).trades).toMatchObject([{ refunds: [{ amount: '8.88' }] }]);

    await dataOf(ask(door, SUSPEND_APP, { appId: named.appId }));
    expect(await createOrder(door, newOrder())).toMatchObject({ code: 'NO_ACTIVE_APP' });
    expect(await createOrder(door, pending)).toMatchObject({ merchantOrderNo: pending.merchantOrderNo });
    await theirs.pay(pending.merchantOrderNo);
    await until(
      () => statusOf(door, pending.merchantOrderNo),
      (status) => status === 'PAID',
    );
    await dataOf(ask(door, RESUME_APP, { appId: named.appId }));
    expect(await createOrder(door, newOrder())).toMatchObject({ __typename: 'Order' });
  });
});
