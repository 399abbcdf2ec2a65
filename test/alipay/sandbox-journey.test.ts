import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AlipayAccount, readAccount } from '../../src/alipay/account.ts';
import { type BuiltInSandbox, startBuiltInSandbox } from '../../src/alipay/built-in-sandbox.ts';
import { type AlipayChannel, alipayChannel } from '../../src/alipay/channel.ts';
import { type ReadNotification, readNotification } from '../../src/alipay/notification.ts';
import { onlyApp } from './keys.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kassa-sandbox-'));
const heard: ReadNotification[] = [];
let sandbox: BuiltInSandbox;
let account: AlipayAccount;
let channel: AlipayChannel;

const notified = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  heard.push(readNotification(Buffer.concat(chunks), request.headers['content-type'], onlyApp(account)));
  response.end('success');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => notified.listen(0, '127.0.0.1', resolve));
  const program = new URL('../../src/sandbox/main.ts', import.meta.url);
  sandbox = await startBuiltInSandbox({ program, port: 0, dataDir });
  const { appPrivateKey, alipayPublicKey, ...ids } = sandbox.settings;
  account = readAccount({ ...ids, privateKey: appPrivateKey, publicKey: alipayPublicKey });
  const { port } = notified.address() as AddressInfo;
  channel = alipayChannel({ account, notifyUrl: `http://127.0.0.1:${port}/alipay/notify` });
});
afterAll(async () => {
  await channel?.disconnect();
  await sandbox?.stop();
  notified.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const buyer = (act: string, body: object) =>
  fetch(`${sandbox.url}/_sandbox/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('a code is shown, scanned and paid, and both roads tell the same', async () => {
  const offered = await channel.precreate({
    outTradeNo: 'order-1',
    amountFen: 888n,
    subject: 'tea + cake 100% 茶',
    body: null,
    storeId: 'store-1',
    terminalId: 'till-1',
    operatorId: 'op-1',
    expiresAt: new Date(Date.now() + 600_000),
  });
  expect(offered).toMatchObject({ kind: 'accepted' });
  expect(await channel.query('order-1')).toMatchObject({ kind: 'rejected', subCode: 'TRADE_NOT_EXIST' });

  await buyer('scan', { qrCode: offered.kind === 'accepted' ? offered.value.qrContent : '' });
  expect(await channel.query('order-1')).toMatchObject({ kind: 'accepted', value: { state: 'awaiting_buyer' } });

  await buyer('pay', { outTradeNo: 'order-1' });
  await vi.waitFor(() => expect(heard).toHaveLength(1), 5_000);
  const asked = await channel.query('order-1');
  expect(asked).toMatchObject({
    kind: 'accepted',
    value: { state: 'paid', amountFen: 888n, refund: null, paidAt: expect.any(Date) },
  });
  expect(heard).toMatchObject([{ kind: 'verified', fact: asked.kind === 'accepted' ? asked.value : {} }]);
});
