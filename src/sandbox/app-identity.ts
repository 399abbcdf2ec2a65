import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { digits } from './ids.ts';

const stored = z.object({
  appId: z.string(),
  sellerId: z.string(),
  buyerId: z.string(),
  appPrivateKey: z.string(),
  alipayPrivateKey: z.string(),
});
type Stored = z.infer<typeof stored>;

/** The one application, seller and buyer of this sandbox, with both key pairs. */
export type AppIdentity = {
  readonly appId: string;
  readonly sellerId: string;
  readonly buyerId: string;
  readonly appPrivateKey: KeyObject;
  readonly appPublicKey: KeyObject;
  readonly alipayPrivateKey: KeyObject;
  readonly alipayPublicKey: KeyObject;
};

/** Reads the identity, or makes it once and for all (mode 0600). Throws when the file is not one. */
export async function loadIdentity(path: string): Promise<AppIdentity> {
  if (!existsSync(path)) writePrivately(path, await newIdentity());
  const file = stored.parse(JSON.parse(readFileSync(path, 'utf8')));
  const appPrivateKey = createPrivateKey(file.appPrivateKey);
  const alipayPrivateKey = createPrivateKey(file.alipayPrivateKey);
  return {
    appId: file.appId,
    sellerId: file.sellerId,
    buyerId: file.buyerId,
    appPrivateKey,
    appPublicKey: createPublicKey(appPrivateKey),
    alipayPrivateKey,
    alipayPublicKey: createPublicKey(alipayPrivateKey),
  };
}

async function newIdentity(): Promise<Stored> {
  const [appPrivateKey, alipayPrivateKey] = await Promise.all([newPrivateKey(), newPrivateKey()]);
  return {
    appId: `9021${digits(12)}`,
    sellerId: `2088${digits(12)}`,
    buyerId: `2088${digits(12)}`,
    appPrivateKey,
    alipayPrivateKey,
  };
}

async function newPrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return pkcs8(privateKey);
}

// Renamed into place: a crash leaves the old file or the new one, never half of one.
function writePrivately(path: string, identity: Stored): void {
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** What any Alipay SDK needs, keys in PEM. */
export type AppSettings = {
  readonly appId: string;
  readonly sellerId: string;
  readonly gateway: string;
  readonly appPrivateKey: string;
  readonly alipayPublicKey: string;
};

export function appSettings(app: AppIdentity, gateway: string, write = pkcs8): AppSettings {
  const { appId, sellerId } = app;
  return {
    appId,
    sellerId,
    gateway,
    appPrivateKey: write(app.appPrivateKey),
    alipayPublicKey: spki(app.alipayPublicKey),
  };
}

export function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function pkcs1(key: KeyObject): string {
  return key.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function spki(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
