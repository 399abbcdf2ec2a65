import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';

let running: RunningSandbox | undefined;
const dataDir = await mkdtemp(join(tmpdir(), 'kassa-apps-'));
afterAll(async () => {
  await running?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function json(url: string, body?: object) {
  // A socket that is kept open would be found dead after the restart.
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const asked = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return (await fetch(url, asked)).json() as Promise<Record<string, unknown>>;
}

test('another app is another seller with keys and books of its own, on the same clock, and is there again after a restart', async () => {
  running = await startSandbox({ dataDir, port: 0 });
  const added = await json(`${running.url}/_sandbox/apps`, {});
  const first = await json(`${running.url}/_sandbox/app`);
  for (const name of ['appId', 'sellerId', 'gateway', 'appPrivateKey', 'alipayPublicKey'])
    expect([name, typeof added[name], added[name] === first[name]]).toEqual([name, 'string', false]);
  const theirs = new URL(String(added.gateway)).origin;
  await json(`${running.url}/_sandbox/clock`, { advanceMs: 3_600_000 });
  const time = async (url: string) => Date.parse(String((await json(`${url}/_sandbox/clock`)).now));
  expect(Math.abs((await time(theirs)) - (await time(running.url)))).toBeLessThan(60_000);
  await running.stop();

  running = await startSandbox({ dataDir, port: 0 });
  expect(await json(`${theirs}/_sandbox/app`)).toEqual(added);
  expect(readFileSync(join(dataDir, 'sandbox', 'apps', '1', 'sandbox', 'app.json'), 'utf8')).toContain(
    String(added.appId),
  );
  expect(await json(`${running.url}/_sandbox/apps`, {})).not.toMatchObject({ appId: added.appId });
});
