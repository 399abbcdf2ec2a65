import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPrivateKey, readPublicKey } from '../../src/alipay/keys.ts';
import { APP_ID, alipay, app, bare, pem } from '../alipay/keys.ts';
import { notice, PAID } from '../alipay/notice.ts';
import { openProvenBooks } from './proven.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kassa-keys-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const kept = (name: string) => readFile(join(folder, 'new', name), 'utf8');

test('a new pair: each half in the forms that are asked for, for the owner alone, and never over another', async () => {
  const { code, said } = await runCommand('keys generate', ['--out', join(folder, 'new')]);
  expect(code).toBe(0);
  const [pkcs8, pkcs1, bareKey] = await Promise.all(
    ['app-private-key.pem', 'app-private-key-pkcs1.pem', 'app-public-key.txt'].map(kept),
  );
  const key = readPrivateKey('key', pkcs8 ?? '');
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(pkcs1).toContain('BEGIN RSA PRIVATE KEY');
  expect(createPrivateKey(pkcs1 ?? '').equals(key)).toBe(true);
  expect(bareKey).toMatch(/^[A-Za-z0-9+/=]{392}\n$/);
  expect(readPublicKey('key', bareKey ?? '').equals(createPublicKey(key))).toBe(true);
  for (const name of ['app-private-key.pem', 'app-private-key-pkcs1.pem'])
    expect((await stat(join(folder, 'new', name))).mode & 0o777).toBe(0o600);
  expect(said).toContain('ALI_PRIVATE_KEY_FILE=');
  expect(said).toContain('支付宝公钥');
  expect(said).not.toContain('PRIVATE KEY-----');
  const again = await runCommand('keys generate', ['--out', join(folder, 'new')]);
  expect(again).toMatchObject({ code: 2, noted: expect.stringContaining('is there already') });
  expect(await kept('app-private-key.pem')).toBe(pkcs8);
});

const ENV = {
  ALI_APP_ID: APP_ID,
  ALI_PRIVATE_KEY: bare(app.privateKey, 'pkcs8'),
  ALI_PUBLIC_KEY: bare(alipay.publicKey, 'spki'),
};

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

test('doctor notify: a raw request with its query and its headers, from the keys of the environment', async () => {
  const body = `${notice(PAID)}&shop=7`;
  const head = `POST /alipay/notify?shop=7 HTTP/1.1\r\nHost: pay.example.com\r\nContent-Length: ${body.length}\r\n\r\n`;
  const { code, said } = await runCommand('doctor notify', [await file('request', head + body)], ENV);
  expect(code).toBe(1);
  expect(said).toMatch(/It does with ALI_PUBLIC_KEY.*\n\nWhy: parameters of the notify_url.*\n {2}-> /);
  const whole = await runCommand('doctor notify', [await file('body', notice(PAID))], ENV);
  expect(whole).toMatchObject({ code: 0, said: 'It verifies as it is, with ALI_PUBLIC_KEY.' });
});

test('doctor notify: keys from files, without any environment', async () => {
  const body = await file('body', notice(PAID));
  const [key, own] = [
    await file('alipay.pem', pem(alipay.publicKey, 'spki')),
    await file('app.pem', pem(app.privateKey, 'pkcs1')),
  ];
  expect(await runCommand('doctor notify', [body, '--key', key])).toMatchObject({ code: 0 });
  expect(await runCommand('doctor notify', [body, '--key', key, '--app-id', '9021'])).toMatchObject({
    code: 1,
    said: expect.stringContaining('set up for 9021'),
  });
  const swapped = await runCommand('doctor notify', [body, '--app-key', own, '--key', key], {
    ...ENV,
    ALI_PUBLIC_KEY: bare(app.publicKey, 'spki'),
  });
  expect(swapped.said).toMatch(/application's own public key/);
  expect(await runCommand('doctor notify', [body])).toMatchObject({ code: 2, noted: expect.stringContaining('--key') });
  expect(await runCommand('doctor notify', [body, '--key', body])).toMatchObject({ code: 2 });
  expect(await runCommand('doctor notify', [], ENV)).toMatchObject({ code: 2 });
});

test('doctor notify --id: a kept message by either of its ids', async () => {
  const books = await openProvenBooks();
  const [message] = (await books.prove()).messages;
  const env = { ...ENV, DATABASE_URL: books.url };
  for (const id of [message?.notifyId ?? '', message?.id ?? ''])
    expect(await runCommand('doctor notify', ['--id', id], env)).toMatchObject({
      code: 0,
      said: expect.stringContaining('It verifies as it is'),
    });
  expect(await runCommand('doctor notify', ['--id', 'unheard'], env)).toMatchObject({ code: 1 });
  await books.close();
});

test('roles: nothing without --print, SQL with it', async () => {
  expect(await runCommand('roles')).toMatchObject({ code: 2 });
  expect((await runCommand('roles', ['--print', '--app', 'shop'])).said).toContain('to shop');
  expect(await runCommand('roles', ['--print', '--app', 'Shop;'])).toMatchObject({ code: 2 });
});
