// The receiver in docs/webhooks.md, run as it is written there.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newWebhookSecret, signedHeaders } from '../../src/deliveries/signature.ts';
import { freePort } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function example(): string {
  const docs = readFileSync(join(ROOT, 'docs', 'webhooks.md'), 'utf8');
  const [, code] = /```js\n(.*?)```/s.exec(docs) ?? [];
  return code ?? expect.unreachable();
}

test('the documented receiver takes a signed event once and refuses a forged one', async () => {
  const [secret, port] = [newWebhookSecret(), await freePort()];
  const code = example().replace('listen(8080)', `listen(${port}, 'localhost')`);
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: ROOT,
    env: { KASSA_WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const body = JSON.stringify({ id: 'evt_1', type: 'payment.succeeded', data: { merchantOrderNo: 'T1-0001' } });
  const post = (signedWith: string) =>
    fetch(`http://localhost:${port}/`, {
      method: 'POST',
      headers: signedHeaders({ id: 'evt_1', sentAt: new Date(), body }, [signedWith]),
      body,
    }).then(
      ({ status }) => status,
      () => 0,
    );
  try {
    expect(
      await until(
        () => post(newWebhookSecret()),
        (status) => status !== 0,
        10_000,
      ),
    ).toBe(400);
    expect([await post(secret), await post(secret)]).toEqual([204, 204]);
    expect(said).toBe('T1-0001 is paid: ship it\n');
  } finally {
    child.kill();
  }
});
