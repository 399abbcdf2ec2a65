import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AlipaySdk } from 'alipay-sdk';
import { onTestFinished } from 'vitest';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start-sandbox.ts';

/** An empty folder that goes with the test. */
export function newDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Making RSA keys takes longer than any test here: the sandboxes of one file share theirs.
let keys: Buffer | null = null;

/** A sandbox of its own, stopped with the test. Resendings come 10,000 times faster unless told otherwise. */
export async function testSandbox(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const dataDir = options.dataDir ?? newDataDir();
  const identity = join(dataDir, 'sandbox', 'app.json');
  mkdirSync(join(dataDir, 'sandbox'), { recursive: true });
  if (keys !== null && !existsSync(identity)) writeFileSync(identity, keys, { mode: 0o600 });
  const running = await startSandbox({ port: 0, timeScale: 10_000, ...options, dataDir });
  keys ??= readFileSync(identity);
  onTestFinished(() => running.stop());
  return running;
}

export type AppInfo = {
  appId: string;
  sellerId: string;
  gateway: string;
  appPrivateKey: string;
  alipayPublicKey: string;
};

export async function appInfo(url: string, query = ''): Promise<AppInfo> {
  return (await fetch(`${url}/_sandbox/app${query}`)).json() as Promise<AppInfo>;
}

/** Alipay's own SDK, connected to a sandbox. */
export async function sdkFor(url: string): Promise<AlipaySdk> {
  const app = await appInfo(url);
  const { appId, alipayPublicKey, gateway } = app;
  return new AlipaySdk({ appId, privateKey: app.appPrivateKey, keyType: 'PKCS8', alipayPublicKey, gateway });
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
export type Json = any;

/** A control call with a JSON body. */
export async function control(url: string, path: string, body: object): Promise<{ status: number; body: Json }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/_sandbox/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

export async function read(url: string, path: string): Promise<Json> {
  return (await fetch(`${url}/_sandbox/${path}`)).json();
}

/** Asks again until it is so, for at most five seconds. */
export async function until<T>(look: () => T | Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Not so within 5 s: ${JSON.stringify(seen)}`);
    await pause(10);
  }
}

export type Received = { raw: string; form: Record<string, string>; headers: IncomingHttpHeaders };

/** A merchant's notify_url that answers what it is told and keeps what it hears. */
export async function receiver(answer: (nth: number) => string = () => 'success', status = 200) {
  const heard: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('latin1');
      heard.push({ raw, form: Object.fromEntries(new URLSearchParams(raw)), headers: request.headers });
      response.writeHead(status, { location: '/elsewhere' }).end(answer(heard.length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify?mine=1` };
}

let lastNumber = 0;
export function newNumber(): string {
  lastNumber += 1;
  return `T${Date.now()}_${lastNumber}`;
}

/** Orders a QR code through the SDK. */
export async function precreate(
  sdk: AlipaySdk,
  more: { notifyUrl?: string; biz?: Record<string, unknown> } = {},
): Promise<{ outTradeNo: string; qrCode: string }> {
  const outTradeNo = newNumber();
  const { notifyUrl, biz } = more;
  const answer = await sdk.exec(
    'alipay.trade.precreate',
    {
      ...(notifyUrl === undefined ? {} : { notifyUrl }),
      bizContent: { out_trade_no: outTradeNo, total_amount: '88.80', subject: '拿铁 & "咖啡"', ...biz },
    },
    { validateSign: true },
  );
  return { outTradeNo, qrCode: answer.qrCode ?? '' };
}

/** `alipay.trade.*` through the SDK, with the answer's signature checked. */
export function exec(sdk: AlipaySdk, method: string, bizContent: object, notifyUrl?: string): Promise<Json> {
  const params = notifyUrl === undefined ? { bizContent } : { bizContent, notifyUrl };
  return sdk.exec(`alipay.trade.${method}`, params, { validateSign: true });
}

/** A fresh payment code out of the buyer's wallet. */
export async function newAuthCode(url: string, kind = 'bar'): Promise<string> {
  return (await control(url, 'auth-code', { kind })).body.authCode;
}

/** Moves sandbox time; what fell due is delivered when this returns. */
export async function advance(url: string, advanceMs: number): Promise<Json> {
  return (await control(url, 'clock', { advanceMs })).body;
}

/** The trade of a number as the ledger has it. */
export async function tradeOf(url: string, outTradeNo: string): Promise<Json> {
  return (await read(url, `trades?outTradeNo=${outTradeNo}`)).trades[0];
}
