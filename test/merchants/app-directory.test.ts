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

/** Answers at the times `1`, `2`, …; `apps` are all there are, of which those in `changed` are listed, or all. */
function aDirectory(...apps: App[]) {
  const asked: (string | null)[] = [];
  const read: string[] = [];
  const kept = {
    ...{ apps, suspendedMerchants: [] as string[], answer: Promise.resolve() },
    changed: undefined as readonly string[] | undefined,
  };
  const book = {
    async changedSince(time: string | null) {
      const at = String(asked.push(time));
      const { apps: now, changed: some, suspendedMerchants } = kept;
      await kept.answer;
      const changed = now.filter(({ appId }) => time === null || (some?.includes(appId) ?? true));
      return { at, changed, count: now.length, suspendedMerchants };
    },
    async read(appIds: readonly string[]) {
      read.push(...appIds);
      return kept.apps.filter(({ appId }) => appIds.includes(appId));
    },
  };
  return { directory: new AppDirectory({ book, environmentAppId: 'env' }), kept, asked, read };
}

test('the newest app that is not suspended makes the new orders', async () => {
  const old = anApp('old');
  const young = anApp('young', { accountId: 'a-2' });
  const { directory, kept } = aDirectory(young, old);
  await directory.refresh();
  expect(directory.sellingApp('m-1')).toBe(young);
  expect(directory.sellingApp('m-2')).toBeUndefined();
  kept.apps = [anApp('young', { accountId: 'a-2', suspendedAt: new Date() }), old];
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
  kept.changed = [];
  await directory.refresh();
  expect(directory.isSuspended('m-1')).toBe(true);
  kept.suspendedMerchants = [];
  await directory.refresh();
  expect([directory.isSuspended('m-1'), directory.find('one')]).toEqual([false, one]);
  expect(asked).toEqual([null, '1', '2']);
});

test('what is listed again, as it is for a while after each change, is neither read nor exchanged again', async () => {
  const burst = Array.from({ length: 50 }, (_, n) => anApp(`app-${n}`));
  const { directory, kept, read } = aDirectory(...burst);
  for (let times = 0; times < 3; times += 1) await directory.refresh();
  expect(read).toHaveLength(50);
  expect(directory.find('app-7')).toBe(burst[7]);
  const [first, ...others] = burst;
  kept.apps = [anApp('app-0', { suspendedAt: new Date() }), ...others];
  await directory.refresh();
  expect(read.slice(50)).toEqual(['app-0']);
  expect(directory.find('app-0')).not.toBe(first);
  expect(directory.find('app-7')).toBe(burst[7]);
});

test('one that was removed is forgotten, also when another came at the same time; it may come back as another’s', async () => {
  const [gone, stays] = [anApp('gone'), anApp('stays', { accountId: 'a-2' })];
  const { directory, kept, asked, read } = aDirectory(stays, gone);
  await directory.refresh();
  kept.apps = [stays, anApp('new', { merchantId: 'm-2' })];
  kept.changed = ['new'];
  await directory.refresh();
  expect([directory.find('gone'), directory.sellingApp('m-1'), directory.find('new')?.merchantId]).toEqual([
    ...[undefined, stays, 'm-2'],
  ]);
  // The list of all is asked for once, and read nothing that was known.
  await directory.refresh();
  expect(asked).toEqual([null, '1', null, '3']);
  expect(read).toEqual(['stays', 'gone', 'new']);
  kept.apps = [stays, anApp('gone', { merchantId: 'm-2' })];
  kept.changed = ['gone'];
  await directory.refresh();
  expect([directory.find('gone')?.merchantId, directory.find('new')]).toEqual(['m-2', undefined]);
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
