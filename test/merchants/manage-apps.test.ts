import { describe, expect, test } from 'vitest';
import { MOST_APPS } from '../../src/merchants/app.ts';
import type { AddApp } from '../../src/merchants/app-input.ts';
import { ASKS_FOR_NOTHING } from '../../src/merchants/confirmation-policy.ts';
import { addApp, setAppSuspended } from '../../src/merchants/manage-apps.ts';
import { type UpdateApp, updateApp } from '../../src/merchants/update-app.ts';
import { APP, memoryApps } from '../support/memory-apps.ts';

const CERTIFIED = { ...APP, alipayPublicKey: null, appCert: 'c', alipayCert: 'alipay 1', rootCert: 'r' };
const BY = { merchantId: 'm-1', actor: 'key-1' };
const OTHER = { merchantId: 'm-2', actor: 'key-2' };

async function withApp(app = APP) {
  const shop = memoryApps();
  expect(await addApp(shop.administration, BY, app)).toMatchObject({ kind: 'app' });
  const change = (asked: Omit<UpdateApp, 'appId'>, by = BY) =>
    updateApp(shop.administration, by, { appId: app.appId, ...asked });
  const keys = () => shop.apps.get(app.appId)?.keys;
  return { ...shop, change, keys };
}

describe('a new app', () => {
  test('is kept with its secrets sealed for it, and noted', async () => {
    const { keys, notes, administration } = await withApp({
      ...APP,
      providerAppId: '2021000000000001',
      appAuthToken: 'tok',
    });
    expect(keys()).toMatchObject({
      gateway: administration.defaultGateway,
      privateKey: 'app:2021000000000009:private-key|mine',
      appAuthToken: 'app:2021000000000009:auth-token|tok',
      alipayKeys: [{ id: 'id of alipay 1', pem: 'alipay 1' }],
    });
    expect(notes).toMatchObject([{ actor: 'key-1', action: 'app.added' }]);
  });

  // biome-ignore format: a table
  test.each<[string, Partial<AddApp>, string]>([
    ['no app id',                      { appId: 'abc' },                                  'appId'],
    ['no seller id',                   { sellerId: '1' },                                 'sellerId'],
    ['neither key nor certificates',   { alipayPublicKey: null },                         'alipayPublicKey'],
    ['both',                           { ...CERTIFIED, alipayPublicKey: 'alipay 1' },     'alipayPublicKey'],
    ['two certificates of three',      { ...CERTIFIED, rootCert: null },                  'rootCert'],
    ['a provider without its token',   { providerAppId: '2021000000000001' },             'appAuthToken'],
    ['a token without a provider',     { appAuthToken: 'tok' },                           'providerAppId'],
    ['a token of several lines',       { providerAppId: '2021000000000001', appAuthToken: 'a b' }, 'appAuthToken'],
    ['an address inside',              { gateway: 'http://169.254.169.254/latest' },      'gateway'],
    ['no address',                     { gateway: 'alipay' },                             'gateway'],
  ])('%s: refused, naming the field', async (_, wrong, field) => {
    const shop = memoryApps();
    expect(await addApp(shop.administration, BY, { ...APP, ...wrong })).toMatchObject({ kind: 'invalid_input', field });
    expect([shop.apps.size, shop.notes]).toEqual([0, []]);
  });

  test('whose id or seller is taken is refused', async () => {
    const { administration } = await withApp();
    expect(await addApp(administration, OTHER, APP)).toMatchObject({ field: 'appId' });
    expect(await addApp(administration, OTHER, { ...APP, appId: '2021000000000010' })).toMatchObject({
      field: 'sellerId',
    });
    expect(await addApp(administration, BY, { ...APP, appId: '2021000000000010' })).toMatchObject({ kind: 'app' });
  });
});

describe('a rotation', () => {
  test.each([
    [APP, 'addAlipayPublicKey' as const],
    [CERTIFIED, 'addAlipayCert' as const],
  ])('of Alipay’s key: both are believed, then the new one alone', async (app, field) => {
    const { change, keys, notes } = await withApp(app);
    await change({ [field]: 'alipay 2' });
    expect(keys()?.alipayKeys.map(({ id }) => id)).toEqual(['id of alipay 2', 'id of alipay 1']);
    expect(await change({ [field]: 'alipay 3' })).toMatchObject({ kind: 'invalid_input', field });
    await change({ dropAlipayKey: 'id of alipay 1' });
    expect(keys()?.alipayKeys.map(({ id }) => id)).toEqual(['id of alipay 2']);
    expect(await change({ dropAlipayKey: 'id of alipay 2' })).toMatchObject({ field: 'dropAlipayKey' });
    expect(await change({ dropAlipayKey: 'id of nothing' })).toMatchObject({ field: 'dropAlipayKey' });
    expect(notes.map(({ action }) => action)).toEqual([
      'app.added',
      `app.updated ${field}`,
      'app.updated dropAlipayKey',
    ]);
  });

  test('of its own key leaves everything else as it is', async () => {
    const { change, keys } = await withApp({ ...APP, providerAppId: '2021000000000001', appAuthToken: 'tok' });
    const before = keys();
    await change({ privateKey: 'mine too' });
    expect(keys()).toEqual({
      ...before,
      keyId: 'id of mine too',
      privateKey: 'app:2021000000000009:private-key|mine too',
    });
  });

  test('in the other mode, or of an app that has no provider: refused', async () => {
    const { change } = await withApp();
    for (const field of ['addAlipayCert', 'appCert', 'rootCert'])
      expect(await change({ [field]: 'c' })).toMatchObject({ kind: 'invalid_input', field });
    expect(await change({ appAuthToken: 'tok' })).toMatchObject({ field: 'appAuthToken' });
    expect(await change({ gateway: 'https://elsewhere.example/' })).toMatchObject({ field: 'gateway' });
  });

  test('that names nothing changes nothing and is not noted', async () => {
    const { change, notes } = await withApp();
    expect(await change({})).toMatchObject({ kind: 'app' });
    expect(notes).toHaveLength(1);
  });

  test('of an app at an address that the operator has set leaves it there', async () => {
    const { change, administration, apps } = await withApp();
    const where = 'http://10.0.0.7/gateway.do';
    const operator = { ...administration, mayCall: () => true };
    await updateApp(operator, BY, { appId: APP.appId, gateway: where });
    await change({ privateKey: 'mine too' });
    expect(apps.get(APP.appId)?.keys).toMatchObject({ gateway: where, keyId: 'id of mine too' });
  });

  test('of another merchant’s app: there is no such app', async () => {
    const { change, administration } = await withApp();
    expect(await change({ privateKey: 'theirs' }, OTHER)).toEqual({ kind: 'app_not_found' });
    const suspend = { appId: APP.appId, suspended: true };
    expect(await setAppSuspended(administration, OTHER, suspend)).toEqual({ kind: 'app_not_found' });
  });

  test('of the environment’s app happens there', async () => {
    const { change, apps, put } = await withApp();
    const app = apps.get(APP.appId);
    if (app !== undefined) put({ ...app, keys: null });
    expect(await change({ privateKey: 'other' })).toMatchObject({ field: 'appId' });
  });

  test('that meets another one is done again upon it', async () => {
    const { change, keys, administration } = await withApp();
    const { find } = administration.apps;
    let raced = false;
    const apps = {
      ...administration.apps,
      async find(merchantId: string, appId: string) {
        const before = await find(merchantId, appId);
        if (!raced) {
          raced = true;
          await change({ addAlipayPublicKey: 'alipay 2' });
        }
        return before;
      },
    };
    await updateApp({ ...administration, apps }, BY, { appId: APP.appId, privateKey: 'mine too' });
    expect(keys()).toMatchObject({ keyId: 'id of mine too', alipayKeys: [{ id: 'id of alipay 2' }, {}] });
  });
});

test('suspended and resumed, each noted once', async () => {
  const { administration, notes } = await withApp();
  const set = (suspended: boolean) => setAppSuspended(administration, BY, { appId: APP.appId, suspended });
  for (const suspended of [true, true, false, false]) await set(suspended);
  expect(notes.map(({ action }) => action)).toEqual(['app.added', 'app.suspended', 'app.resumed']);
});

describe('where a second person has to agree', () => {
  async function guarded() {
    const shop = await withApp();
    shop.confirmations.policies.set(BY.merchantId, { ...ASKS_FOR_NOTHING, settings: true });
    const approve = async () => {
      const [operation] = shop.confirmations.operations.filter(({ state }) => state === 'WAITING');
      const decision = { merchantId: BY.merchantId, id: operation?.id ?? '', approve: true };
      const note = { id: 'note', actor: 'key-9', at: shop.confirmations.clock.now() };
      await shop.confirmations.needs.operations.decide(decision, note);
      return operation;
    };
    return { ...shop, approve };
  }

  test('keys change when what was approved is asked for again, once', async () => {
    const { change, keys, approve } = await guarded();
    const wanted = { addAlipayPublicKey: 'alipay 2' };
    expect(await change(wanted)).toMatchObject({ kind: 'confirmation_required' });
    expect(keys()?.alipayKeys).toHaveLength(1);
    expect((await approve())?.summary).toContain(
      "Change addAlipayPublicKey of the Alipay app 2021000000000009: over https://alipay.example/gateway.do, with our key id of mine and Alipay's id of alipay 2, id of alipay 1",
    );
    expect(await change({ addAlipayPublicKey: "a thief's" })).toMatchObject({ kind: 'confirmation_required' });
    expect(await change(wanted)).toMatchObject({ kind: 'app' });
    expect(keys()?.alipayKeys.map(({ pem }) => pem)).toEqual(['alipay 2', 'alipay 1']);
    expect(await change({ dropAlipayKey: 'id of alipay 2' })).toMatchObject({ kind: 'confirmation_required' });
  });

  test('a new app waits too; what is wrong with it is said before anybody is asked', async () => {
    const { administration, confirmations, approve, apps } = await guarded();
    const other = { ...APP, appId: '2021000000000010' };
    expect(await addApp(administration, BY, { ...other, sellerId: '1' })).toMatchObject({ kind: 'invalid_input' });
    expect(confirmations.operations).toEqual([]);
    expect(await addApp(administration, BY, other)).toMatchObject({ kind: 'confirmation_required' });
    await approve();
    expect(apps.has(other.appId)).toBe(false);
    expect(await addApp(administration, BY, other)).toMatchObject({ kind: 'app' });
  });

  test('what is taken or has no room is said before anybody is asked, and spends no approval', async () => {
    const { administration, confirmations, approve, apps, put } = await guarded();
    const [app] = [...apps.values()];
    if (app === undefined) throw new Error('no app');
    const other = { ...APP, appId: '2021000000000010', sellerId: '2088000000000010' };
    await addApp(administration, BY, other);
    await approve();
    put({ ...app, merchantId: OTHER.merchantId, appId: other.appId });
    expect(await addApp(administration, BY, other)).toMatchObject({ kind: 'invalid_input', field: 'appId' });
    apps.delete(other.appId);
    put({ ...app, merchantId: OTHER.merchantId, appId: '2021000000000012', sellerId: other.sellerId });
    expect(await addApp(administration, BY, other)).toMatchObject({ kind: 'invalid_input', field: 'sellerId' });
    apps.delete('2021000000000012');
    for (let n = 1; n < MOST_APPS; n += 1) put({ ...app, appId: `more ${n}` });
    expect(await addApp(administration, BY, other)).toEqual({ kind: 'app_limit', most: MOST_APPS });
    expect(confirmations.operations.map(({ state }) => state)).toEqual(['APPROVED']);
    apps.delete('more 1');
    expect(await addApp(administration, BY, other)).toMatchObject({ kind: 'app' });
  });

  test('another account collects only when that is approved; that nobody does needs no one', async () => {
    const { administration, approve, confirmations, apps, put } = await guarded();
    const [app] = [...apps.values()];
    if (app === undefined) throw new Error('no app');
    put({ ...app, appId: '2021000000000011', accountId: 'another', suspendedAt: app.createdAt });
    const set = (appId: string, suspended: boolean) => setAppSuspended(administration, BY, { appId, suspended });
    expect(await set('2021000000000011', false)).toMatchObject({ kind: 'confirmation_required' });
    await approve();
    expect(await set('2021000000000011', false)).toMatchObject({ kind: 'app' });
    expect(await set(APP.appId, true)).toMatchObject({ kind: 'app' });
    confirmations.operations.length = 0;
    expect(await set('2021000000000011', true)).toMatchObject({ kind: 'app' });
    expect(confirmations.operations).toEqual([]);
  });
});
