// What a caller hears who gives keys to an app that the environment named before, or removes an app.
import { expect, test } from 'vitest';
import type { AddApp } from '../../src/merchants/app-input.ts';
import { ASKS_FOR_NOTHING } from '../../src/merchants/confirmation-policy.ts';
import { addApp, setAppSuspended } from '../../src/merchants/manage-apps.ts';
import { removeApp } from '../../src/merchants/remove-app.ts';
import { updateApp } from '../../src/merchants/update-app.ts';
import { APP, memoryApps } from '../support/memory-apps.ts';

const BY = { merchantId: 'm-1', actor: 'key-1' };

/** An app without keys: the environment has them, or had them. */
function withFormer(environmentAppId: string | undefined, sellerId: string | null = APP.sellerId) {
  const shop = memoryApps();
  const { appId } = APP;
  const place = { merchantId: BY.merchantId, accountId: 'a-1', providerAppId: null };
  shop.put({ ...place, appId, sellerId, keys: null, createdAt: null, suspendedAt: null });
  const administration = { ...shop.administration, environmentAppId };
  return {
    ...shop,
    administration,
    add: (more: Partial<AddApp> = {}) => addApp(administration, BY, { ...APP, ...more }),
  };
}

test('a former app of the environment gets its keys, with nothing sold through it until it is resumed', async () => {
  const { add, administration, notes } = withFormer('2021000000000001');
  expect(await add()).toMatchObject({
    kind: 'app',
    app: { accountId: 'a-1', suspendedAt: expect.any(Date), keys: { keyId: 'id of mine' } },
  });
  expect(notes).toMatchObject([{ actor: 'key-1', action: 'app.keys_given' }]);
  expect(await add()).toMatchObject({ kind: 'invalid_input', field: 'appId' });
  const resumed = await setAppSuspended(administration, BY, { appId: APP.appId, suspended: false });
  expect(resumed).toMatchObject({ kind: 'app', app: { suspendedAt: null } });
});

// biome-ignore format: a table
test.each<[string, string | undefined, string, string]>([
  ['is the environment’s now',        APP.appId,          APP.sellerId,       'is the app of ALI_*'],
  ['may be the environment’s',        undefined,          APP.sellerId,       'may be the app of ALI_*'],
  ['has collected for another seller', '2021000000000001', '2088000000000008', `must be ${APP.sellerId}`],
])('one that %s gets none', async (_, environmentAppId, sellerId, message) => {
  const { add, apps, notes } = withFormer(environmentAppId);
  expect(await add({ sellerId })).toMatchObject({ kind: 'invalid_input', message: expect.stringContaining(message) });
  expect([apps.get(APP.appId)?.keys, notes]).toEqual([null, []]);
});

test('its keys can’t be exchanged before it has some, and the answer says how it gets them', async () => {
  const { administration } = withFormer('2021000000000001');
  const asked = { appId: APP.appId, privateKey: 'other' };
  expect(await updateApp(administration, BY, asked)).toMatchObject({ message: expect.stringContaining('then add it') });
});

test('a second person agrees to its keys as to any app’s', async () => {
  const { add, confirmations, apps } = withFormer('2021000000000001');
  confirmations.policies.set(BY.merchantId, { ...ASKS_FOR_NOTHING, settings: true });
  expect(await add()).toMatchObject({ kind: 'confirmation_required' });
  expect(confirmations.operations[0]?.summary).toContain('Give keys to the Alipay app');
  expect(apps.get(APP.appId)?.keys).toBeNull();
});

test('an app is removed by whose it is, and other processes’ memory is told', async () => {
  const { administration, apps } = memoryApps();
  let told = 0;
  const needs = {
    ...administration,
    changed: async () => {
      told += 1;
    },
  };
  await addApp(administration, BY, APP);
  const remove = (merchantId = BY.merchantId) => removeApp(needs, { ...BY, merchantId }, APP.appId);
  expect(await remove('m-2')).toEqual({ kind: 'app_not_found' });
  expect(await remove()).toEqual({ kind: 'app_stays', why: 'active' });
  await setAppSuspended(administration, BY, { appId: APP.appId, suspended: true });
  expect([apps.size, told]).toEqual([1, 0]);
  expect(await remove()).toMatchObject({ kind: 'removed', app: { appId: APP.appId } });
  expect([apps.size, told]).toEqual([0, 1]);
});

test('the app that the environment names stays, also when it has keys here from a time when it was not named', async () => {
  const { add, administration } = withFormer('2021000000000001');
  await add();
  const named = { ...administration, environmentAppId: APP.appId };
  expect(await removeApp(named, BY, APP.appId)).toEqual({ kind: 'app_stays', why: 'environment' });
});
