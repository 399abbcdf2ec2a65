// The keys and certificates of an app that somebody brings at run time, looked at as a start looks at the environment's.
import { X509Certificate } from 'node:crypto';
import type { AppMaterial, CheckedMaterial } from '../merchants/app-ports.ts';
import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import { type AlipayAccount, type AlipaySettings, readAccount } from './account.ts';
import { fingerprintOf } from './fingerprint.ts';
import { publicHalf } from './keys.ts';
import { openSdk } from './open-sdk.ts';
import { AlipaySettingsError } from './settings-error.ts';
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
  const accounts = readAll(material);
  if ('kind' in accounts) return accounts;
  const [newest] = accounts;
  if (newest === undefined) return invalid('alipayPublicKey', 'is missing');
  const alipayKeys = accounts.map((one) => verificationKeyOf(one, now));
  if (new Set(alipayKeys.map(({ id }) => id)).size < alipayKeys.length)
    return invalid(material.appCert === null ? 'alipayPublicKey' : 'alipayCert', 'is there already');
  return (
    faultInTime(newest, now) ?? {
      gateway: newest.gateway,
      privateKey: newest.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      keyId: fingerprintOf(publicHalf(newest.privateKey)),
      alipayKeys,
      appCert: newest.certificates?.app ?? null,
      rootCert: newest.certificates?.root ?? null,
      validUntil: firstEnd(accounts),
    }
  );
}

/** As the environment would say it. */
export function settingsOf(material: AppMaterial, alipayKey: string): AlipaySettings {
  const { appId, providerAppId, sellerId, gateway, privateKey, appCert, rootCert } = material;
  const who = { appId: providerAppId ?? appId, sellerId: sellerId ?? undefined, gateway, privateKey };
  return appCert === null
    ? { ...who, publicKey: alipayKey }
    : { ...who, appCert, alipayCert: alipayKey, rootCert: rootCert ?? undefined };
}

/** The app with each of Alipay's keys. */
function readAll(material: AppMaterial): readonly AlipayAccount[] | InvalidInput {
  try {
    const accounts = material.alipayKeys.map((key) => readAccount(settingsOf(material, key)));
    for (const account of accounts) openSdk(account);
    return accounts;
  } catch (error) {
    if (error instanceof AlipaySettingsError) return fault(error);
    throw error;
  }
}

/** The one that is on its way out may have ended: that is why it goes. */
function faultInTime({ certificates }: AlipayAccount, now: Date): InvalidInput | undefined {
  if (certificates === undefined) return undefined;
  const ours = untimely(new X509Certificate(certificates.app), now);
  const theirs = untimely(new X509Certificate(certificates.alipay), now);
  if (ours !== undefined) return invalid('appCert', ours);
  return theirs === undefined ? undefined : invalid('alipayCert', theirs);
}

function untimely({ validFromDate, validToDate }: X509Certificate, now: Date): string | undefined {
  if (now > validToDate) return `ended on ${validToDate.toISOString()}: download a new one at the open platform`;
  return now < validFromDate ? `is valid from ${validFromDate.toISOString()} on, which is not yet` : undefined;
}

function firstEnd(accounts: readonly AlipayAccount[]): Date | null {
  const ends = accounts.flatMap(({ certificates }) => certificates?.validUntil.getTime() ?? []);
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

function fault({ variable, message }: AlipaySettingsError): InvalidInput {
  const field = Object.entries(FIELDS).find(([name]) => name === variable)?.[1] ?? 'alipayCert';
  return { kind: 'invalid_input', field, message: inFields(message) };
}

/** What is said of the environment's variables, said of an app's fields. */
export function inFields(text: string): string {
  return Object.entries(FIELDS).reduce((words, [name, known]) => words.replaceAll(name, known), text);
}
