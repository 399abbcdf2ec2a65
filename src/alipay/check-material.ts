// The keys and certificates of an app that somebody brings at run time, looked at as those of the environment are.
import type { AppMaterial, CheckedMaterial } from '../merchants/ports.ts';
import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import { type AlipayAccount, type AlipaySettings, readAccount } from './account.ts';
import { checkAccount } from './doctor/check-account.ts';
import { fingerprintOf } from './fingerprint.ts';
import { publicHalf } from './keys.ts';
import { verificationKeyOf } from './verification-key.ts';

/** What the settings are called where they come from here. */
const FIELDS = {
  ALI_APP_ID: 'appId',
  ALI_SELLER_ID: 'sellerId',
  ALI_GATEWAY: 'gateway',
  ALI_PRIVATE_KEY: 'privateKey',
  ALI_PUBLIC_KEY: 'alipayPublicKey',
  ALI_APP_CERT: 'appCert',
  ALI_ALIPAY_CERT: 'alipayCert',
  ALI_ROOT_CERT: 'rootCert',
} as const;

export function checkMaterial(material: AppMaterial, now: Date): CheckedMaterial | InvalidInput {
  const all = material.alipayKeys.map((key) => settingsOf(material, key));
  for (const settings of all) {
    const wrong = checkAccount(settings, now).find(({ status }) => status === 'wrong');
    if (wrong !== undefined) return fault(wrong.about, wrong.says);
  }
  const [account, ...others] = all.map(readAccount);
  if (account === undefined) return invalid('alipayPublicKey', 'is missing');
  const alipayKeys = [account, ...others].map((one) => verificationKeyOf(one, now));
  if (new Set(alipayKeys.map(({ id }) => id)).size < alipayKeys.length)
    return invalid(material.appCert === null ? 'alipayPublicKey' : 'alipayCert', 'is there already');
  return {
    gateway: account.gateway,
    privateKey: account.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyId: fingerprintOf(publicHalf(account.privateKey)),
    alipayKeys,
    appCert: account.certificates?.app ?? null,
    rootCert: account.certificates?.root ?? null,
    validUntil: firstEnd([account, ...others]),
  };
}

/** As the environment would say it. */
export function settingsOf(material: AppMaterial, alipayKey: string): AlipaySettings {
  const { appId, providerAppId, sellerId, gateway, privateKey, appCert, rootCert } = material;
  const who = { appId: providerAppId ?? appId, sellerId: sellerId ?? undefined, gateway, privateKey };
  return appCert === null
    ? { ...who, publicKey: alipayKey }
    : { ...who, appCert, alipayCert: alipayKey, rootCert: rootCert ?? undefined };
}

function firstEnd(accounts: readonly AlipayAccount[]): Date | null {
  const ends = accounts.flatMap(({ certificates }) => certificates?.validUntil.getTime() ?? []);
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

function fault(about: string, says: string): InvalidInput {
  const named = Object.entries(FIELDS).find(([variable]) => variable === about)?.[1] ?? 'alipayCert';
  const words = Object.entries(FIELDS).reduce((text, [variable, field]) => text.replaceAll(variable, field), says);
  return invalid(named, words);
}
