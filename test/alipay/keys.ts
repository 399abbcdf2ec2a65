import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type AlipayAccount, alipayKeysOf } from '../../src/alipay/account.ts';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import type { FindApp } from '../../src/alipay/notification.ts';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Ours, Alipay's, and somebody else's. */
export const app = pair();
export const alipay = pair();
export const stranger = pair();

export const APP_ID = '2021000000000001';
export const SELLER_ID = '2088000000000001';

export function accountFor(gateway: string, fields: Partial<AlipayAccount> = {}): AlipayAccount {
  return {
    appId: APP_ID,
    sellerId: SELLER_ID,
    gateway,
    privateKey: app.privateKey,
    alipayPublicKey: alipay.publicKey,
    keyId: fingerprintOf(alipay.publicKey),
    otherKeys: [],
    certificates: undefined,
    appAuthToken: undefined,
    ...fields,
  };
}

export const PLACE = { merchantId: 'm-1', accountId: 'a-1' };

/** The only app there is. */
export function onlyApp(account: AlipayAccount): FindApp {
  const app = { ...PLACE, sellerId: account.sellerId, keys: alipayKeysOf(account) };
  return ({ appId }) => (appId === account.appId ? app : undefined);
}

/** The bare Base64 that Alipay's key tool shows. */
export function bare(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki'): string {
  return der(key, type).toString('base64');
}

export function pem(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki'): string {
  if (type === 'spki') return key.export({ type, format: 'pem' }).toString();
  return key.export({ type, format: 'pem' }).toString();
}

function der(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki'): Buffer {
  return type === 'spki' ? key.export({ type, format: 'der' }) : key.export({ type, format: 'der' });
}
