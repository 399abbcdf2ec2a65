import type { KeyObject } from 'node:crypto';
import { type Certificates, readCertificates } from './certificates.ts';
import { fingerprintOf } from './fingerprint.ts';
import { isPublicHalf, readPrivateKey, readPublicKey } from './keys.ts';
import { AlipaySettingsError } from './settings-error.ts';

/** What the ALI_* variables hold. */
export interface AlipaySettings {
  readonly appId: string;
  readonly privateKey: string;
  /** Not needed in certificate mode. */
  readonly publicKey?: string | undefined;
  readonly sellerId?: string | undefined;
  readonly gateway: string;
  readonly appCert?: string | undefined;
  readonly alipayCert?: string | undefined;
  readonly rootCert?: string | undefined;
}

/** One of Alipay's public keys. */
export interface AlipayKey {
  /** Its fingerprint: what stored messages name. */
  readonly id: string;
  readonly key: KeyObject;
}

/** An Alipay application, ready to sign and to verify. */
export interface AlipayAccount {
  readonly appId: string;
  /** The seller_id that notifications must name; undefined: any. */
  readonly sellerId: string | undefined;
  readonly gateway: string;
  readonly privateKey: KeyObject;
  readonly alipayPublicKey: KeyObject;
  /** Fingerprint of Alipay's public key: what stored messages name. */
  readonly keyId: string;
  /** Others of Alipay's keys that verify as well: while it exchanges them. */
  readonly otherKeys: readonly AlipayKey[];
  readonly certificates: Certificates | undefined;
  /** Of a service provider's app: lets it act for a merchant, and goes with every call. */
  readonly appAuthToken: string | undefined;
}

/** @throws AlipaySettingsError naming the variable to correct, never its value */
export function readAccount(settings: AlipaySettings): AlipayAccount {
  const privateKey = readPrivateKey('ALI_PRIVATE_KEY', settings.privateKey);
  const certified = readCertificates(settings, privateKey);
  const alipayPublicKey = certified?.alipayPublicKey ?? readAlipayKey(settings.publicKey, privateKey);
  return {
    appId: readId('ALI_APP_ID', settings.appId),
    sellerId: settings.sellerId === undefined ? undefined : readId('ALI_SELLER_ID', settings.sellerId),
    gateway: readGateway(settings.gateway),
    privateKey,
    alipayPublicKey,
    keyId: fingerprintOf(alipayPublicKey),
    otherKeys: [],
    certificates: certified,
    appAuthToken: undefined,
  };
}

/** Every key that Alipay's messages about this app may be signed with. */
export function alipayKeysOf({ keyId, alipayPublicKey, otherKeys }: AlipayAccount): readonly AlipayKey[] {
  return [{ id: keyId, key: alipayPublicKey }, ...otherKeys];
}

/** The two public keys are the most common mix-up of all. */
function readAlipayKey(text: string | undefined, privateKey: KeyObject): KeyObject {
  if (text === undefined)
    throw new AlipaySettingsError('ALI_PUBLIC_KEY', 'is missing (only certificate mode needs none)');
  const key = readPublicKey('ALI_PUBLIC_KEY', text);
  if (!isPublicHalf(key, privateKey)) return key;
  throw new AlipaySettingsError(
    'ALI_PUBLIC_KEY',
    "is the public half of ALI_PRIVATE_KEY; Alipay's own public key belongs there (the open platform shows it once yours is uploaded)",
  );
}

function readId(variable: string, text: string): string {
  const id = text.trim();
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(id))
    throw new AlipaySettingsError(variable, 'is not an id: up to 32 letters and digits');
  return id;
}

function readGateway(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new AlipaySettingsError('ALI_GATEWAY', 'is not an http(s) URL like https://openapi.alipay.com/gateway.do');
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw new AlipaySettingsError('ALI_GATEWAY', 'has a query, a fragment or a password; a plain URL belongs there');
  return url.href;
}
