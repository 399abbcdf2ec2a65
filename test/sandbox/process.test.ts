import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { appInfo, control, newDataDir, precreate, read, receiver, sdkFor, until } from './fixture.ts';

const program = join(import.meta.dirname, '../../src/sandbox/main.ts');

function environment(dataDir: string, more: Record<string, string> = {}) {
  return { PATH: process.env.PATH, DATA_DIR: dataDir, SANDBOX_PORT: '0', ...more };
}

function killAfterwards(child: ChildProcess): void {
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
}

async function forked(dataDir: string, more: Record<string, string> = {}) {
  const child = fork(program, { env: environment(dataDir, more), silent: true, execArgv: [] });
  killAfterwards(child);
  const [message] = await once(child, 'message');
  expect(message).toEqual({ kind: 'ready', port: expect.any(Number) });
  const { port } = message as { port: number };
  return { child, url: `http://127.0.0.1:${port}` };
}

/** Runs until it exits by itself. */
async function refusedStart(dataDir: string, more: Record<string, string>) {
  const child = spawn(process.execPath, [program], { env: environment(dataDir, more) });
  killAfterwards(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('after kill -9 and half a line, everything answered is still there and what is owed is still sent', async () => {
  const dataDir = newDataDir();
  const shop = await receiver((nth) => (nth === 1 ? 'fail' : 'success'));
  const first = await forked(dataDir);
  const app = await appInfo(first.url);
  const { outTradeNo, qrCode } = await precreate(await sdkFor(first.url), { notifyUrl: shop.url });
  await control(first.url, 'pay', { outTradeNo });
  await control(first.url, 'refund', { outTradeNo, amount: '8.80', outRequestNo: 'R1', notify: false });
  const attempts = async () => (await read(first.url, 'trades')).trades[0].notifications[0].attempts.length;
  await until(attempts, (made) => made === 1);
  const before = (await read(first.url, 'trades')).trades[0];
  await killed(first.child);
  appendFileSync(join(dataDir, 'sandbox', 'ledger.jsonl'), '{"at":"2026-01-01T00:00:00.000Z","entries":[{"ki');

  const second = await forked(dataDir, { SANDBOX_TIME_SCALE: '1000000' });
  expect(await appInfo(second.url)).toEqual({ ...app, gateway: `${second.url}/gateway.do` });
  await until(
    () => shop.heard.length,
    (count) => count === 2,
  );
  expect(shop.heard[1]?.form.notify_id).toBe(shop.heard[0]?.form.notify_id);
  const { notifications, ...after } = (await read(second.url, 'trades')).trades[0];
  expect(before).toMatchObject(after);
  expect(notifications).toHaveLength(1);
  expect((await control(second.url, 'scan', { qrCode })).body.tradeNo).toBe(before.tradeNo);

  await killed(second.child);
  const third = await forked(dataDir);
  expect((await read(third.url, 'trades')).trades[0]).toMatchObject(after);
});

test('keys are made once, for this user only', async () => {
  const dataDir = newDataDir();
  await forked(dataDir);
  for (const name of ['app.json', 'ledger.jsonl'])
    expect(statSync(join(dataDir, 'sandbox', name)).mode & 0o777, name).toBe(0o600);
  expect(readFileSync(join(dataDir, 'sandbox', 'app.json'), 'utf8')).toContain('BEGIN PRIVATE KEY');
});

test('it never outlives the parent that forked it, and leaves Ctrl-C to it', async () => {
  const { child, url } = await forked(newDataDir());
  child.kill('SIGINT');
  expect((await appInfo(url)).appId).toMatch(/^9021\d{12}$/);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('SIGTERM, twice, stops it cleanly within two seconds even with a connection open and a call delayed', async () => {
  const { child, url } = await forked(newDataDir());
  await control(url, 'faults', { on: '*', kind: 'delay', delayMs: 60_000 });
  const pending = precreate(await sdkFor(url)).catch(() => 'ended');
  await until(
    () => read(url, 'faults'),
    ({ faults }) => faults.length === 0,
  );
  const started = Date.now();
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(Date.now() - started).toBeLessThan(2_000);
  expect(await pending).toBe('ended');
});

test('started by hand it prints where everything is, and Ctrl-C ends it', async () => {
  const child = spawn(process.execPath, [program], { env: environment(newDataDir()) });
  killAfterwards(child);
  const [chunk] = await once(child.stdout, 'data');
  expect(String(chunk)).toMatch(/gateway {3}http:\/\/127\.0\.0\.1:\d+\/gateway\.do/);
  expect(String(chunk)).not.toContain('PRIVATE KEY');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each<[string, Record<string, string>, string]>([
  ['a port of words', { SANDBOX_PORT: 'http' }, 'SANDBOX_PORT is "http"; it must be a port'],
  ['a folder where nobody can make one', { DATA_DIR: '/proc/x' }, 'DATA_DIR is "/proc/x"'],
  ['a folder that is none', { DATA_DIR: '/dev/null/x' }, 'DATA_DIR is "/dev/null/x"'],
])('%s: exit 78 and one line', async (_what, env, line) => {
  const { code, said } = await refusedStart(newDataDir(), env);
  expect(said).toContain(line);
  expect(said.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(78);
});

test('a taken port: exit 78', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { code, said } = await refusedStart(newDataDir(), { SANDBOX_PORT: String(port) });
  expect(said).toMatch(/^SANDBOX_PORT is \d+, which is taken/);
  expect(code).toBe(78);
});

test('a second sandbox in the same folder: exit 78; after a crash the folder is free again', async () => {
  const dataDir = newDataDir();
  const first = await forked(dataDir);
  const { code, said } = await refusedStart(dataDir, {});
  expect(said).toContain(`another sandbox (process ${first.child.pid}) is running`);
  expect(code).toBe(78);
  await killed(first.child);
  await forked(dataDir);
});

test('a ledger damaged in the middle: exit 78 and the line', async () => {
  const dataDir = newDataDir();
  mkdirSync(join(dataDir, 'sandbox'));
  writeFileSync(join(dataDir, 'sandbox', 'ledger.jsonl'), '{"entries":[]}\n{broken\n{"entries":[]}\n');
  const { code, said } = await refusedStart(dataDir, {});
  expect(said).toContain('ledger.jsonl, line 2 is not JSON');
  expect(code).toBe(78);
});
