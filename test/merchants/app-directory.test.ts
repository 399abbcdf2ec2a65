import { expect, test } from 'vitest';
import type { App, AppKeys } from '../../src/merchants/app.ts';
import { AppDirectory } from '../../src/merchants/app-directory.ts';

const KEYS: AppKeys = {
  gateway: 'https://alipay.example/gateway.do',
  privateKey: 'sealed',
  keyId: 'k',
  alipayKeys: [{ id: 'a', pem: 'a' }],
  appCert: null,
  rootCert: null,
  validUntil: null,
  appAuthToken: null,
};

let revisions = 0;
function anApp(appId: string, more: Partial<App> = {}): App {
  revisions += 1;
  const place = { merchantId: 'm-1', accountId: 'a-1', sellerId: 's-1', providerAppId: null };
  const revision = `2026-11-23T12:00:00.${String(revisions).padStart(6, '0')}Z`;
  return { ...place, appId, keys: KEYS, createdAt: new Date(revisions), suspendedAt: null, revision, ...more };
}

function aDirectory(...apps: App[]) {
  const asked: (string | null)[] = [];
  const kept = { apps, suspendedMerchants: [] as string[], answer: Promise.resolve() };
  const book = {
    async changedSince(revision: string | null) {
      asked.push(revision);
      const { apps: now, suspendedMerchants } = kept;
      await kept.answer;
      return { apps: now, suspendedMerchants };
    },
  };
  return { directory: new AppDirectory({ book, environmentAppId: 'env' }), kept, asked };
}

test('the newest app that is not suspended makes the new orders', async () => {
  const old = anApp('old');
  const young = anApp('young', { accountId: 'a-2' });
  const { directory, kept } = aDirectory(young, old);
  await directory.refresh();
  expect(directory.sellingApp('m-1')).toBe(young);
  expect(directory.sellingApp('m-2')).toBeUndefined();
  kept.apps = [anApp('young', { accountId: 'a-2', suspendedAt: new Date() })];
  await directory.refresh();
  expect(directory.sellingApp('m-1')).toBe(old);
  // Its open orders are looked after all the same.
  expect(directory.appOfAccount({ merchantId: 'm-1', accountId: 'a-2' })?.appId).toBe('young');
});

test('an app without keys is nobody’s, unless they are in the environment', async () => {
  const { directory } = aDirectory(
    anApp('former', { keys: null, createdAt: null }),
    anApp('env', { keys: null, createdAt: null, merchantId: 'm-0' }),
  );
  await directory.refresh();
  expect(directory.sellingApp('m-1')).toBeUndefined();
  expect(directory.sellingApp('m-0')?.appId).toBe('env');
});

test('it asks for what has changed since, and learns of a suspended merchant and of its resumption', async () => {
  const one = anApp('one');
  const { directory, kept, asked } = aDirectory(one);
  await directory.refresh();
  kept.suspendedMerchants = ['m-1'];
  kept.apps = [];
  await directory.refresh();
  expect(directory.isSuspended('m-1')).toBe(true);
  kept.suspendedMerchants = [];
  await directory.refresh();
  expect([directory.isSuspended('m-1'), directory.find('one')]).toEqual([false, one]);
  expect(asked).toEqual([null, one.revision, one.revision]);
});

test('thousands who ask at once share two questions, and each learns of what was written before it asked', async () => {
  const { directory, kept, asked } = aDirectory();
  let answer = () => {};
  kept.answer = new Promise((resolve) => {
    answer = resolve;
  });
  const first = directory.refresh();
  kept.apps = [anApp('new')];
  const later = Array.from({ length: 1_000 }, () => directory.refresh());
  answer();
  await Promise.all([first, ...later]);
  expect(asked).toHaveLength(2);
  expect(directory.find('new')).toBeDefined();
});

test('what could not be asked is asked again, and what is known stays', async () => {
  const { directory, kept } = aDirectory(anApp('one'));
  await directory.refresh();
  kept.answer = Promise.reject(new Error('the database is away'));
  await expect(directory.refresh()).rejects.toThrow('away');
  expect(directory.find('one')).toBeDefined();
  kept.answer = Promise.resolve();
  await directory.refresh();
});
