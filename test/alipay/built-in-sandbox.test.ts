import { afterEach, expect, test, vi } from 'vitest';
import { type BuiltInSandbox, startBuiltInSandbox } from '../../src/alipay/built-in-sandbox.ts';
import { SandboxStartError } from '../../src/alipay/child-sandbox.ts';

const program = new URL('stand-in-sandbox.ts', import.meta.url);
const running: BuiltInSandbox[] = [];
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.stop();
});

async function start(manner: string, log?: (message: string) => void): Promise<BuiltInSandbox> {
  const sandbox = await startBuiltInSandbox({ program, port: 0, dataDir: manner, ...(log && { log }) });
  running.push(sandbox);
  return sandbox;
}

const isUp = (url: string) =>
  fetch(`${url}/_sandbox/app`).then(
    (response) => response.ok,
    () => false,
  );

test('starts, tells what an SDK needs, and stops', async () => {
  const sandbox = await start('plain');
  expect(sandbox.settings).toEqual({
    appId: '1',
    sellerId: '2',
    gateway: 'http://x/gateway.do',
    appPrivateKey: 'key',
    alipayPublicKey: 'key',
  });
  expect(await isUp(sandbox.url)).toBe(true);
  await sandbox.stop();
  expect(await isUp(sandbox.url)).toBe(false);
  await sandbox.stop();
});

test('is handed none of our secrets', async () => {
  process.env.SECRET_KEY = 'not for the sandbox';
  const sandbox = await start('plain');
  const env: Record<string, string> = await (await fetch(`${sandbox.url}/env`)).json().then((value) => Object(value));
  delete process.env.SECRET_KEY;
  const own = ['SANDBOX_PORT', 'DATA_DIR', 'PATH', 'HOME', 'TZ', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'];
  expect(Object.keys(env).filter((name) => !own.includes(name))).toEqual([]);
});

test('one that leaves gives its exit code and its last words', async () => {
  const refused = await start('refuses').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SandboxStartError);
  expect(refused).toMatchObject({ exitCode: 78, message: expect.stringMatching(/SANDBOX_PORT is taken$/) });
});

test('a program that is not there', async () => {
  const missing = startBuiltInSandbox({ program: new URL('nothing.ts', program), port: 0, dataDir: 'x' });
  await expect(missing).rejects.toMatchObject({ exitCode: 1 });
});

test('one that names no app id is stopped again', async () => {
  await expect(start('nameless')).rejects.toThrow(/appId/);
});

test('one that dies is started again on its port', async () => {
  const said: string[] = [];
  const sandbox = await start('plain', (message) => said.push(message));
  for (const times of [1, 2]) {
    await fetch(`${sandbox.url}/die`).catch(() => {});
    await vi.waitFor(() => expect(said).toHaveLength(times), 5_000);
    await vi.waitFor(async () => expect(await isUp(sandbox.url)).toBe(true), { timeout: 8_000, interval: 50 });
  }
  expect(said).toEqual([
    'the Alipay sandbox ended (exit code 3); starting it again in 250 ms',
    'the Alipay sandbox ended (exit code 3); starting it again in 500 ms',
  ]);
});

test('one that ignores SIGTERM is ended all the same', async () => {
  const sandbox = await start('stubborn');
  await sandbox.stop();
  expect(await isUp(sandbox.url)).toBe(false);
});

test('stopping while it is being started again leaves nothing behind', async () => {
  const sandbox = await start('plain');
  await fetch(`${sandbox.url}/die`).catch(() => {});
  await sandbox.stop();
  expect(await isUp(sandbox.url)).toBe(false);
});
