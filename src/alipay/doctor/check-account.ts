// The keys and certificates of an Alipay account, each looked at by itself, so that every fault is named at once.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { type Finding, ok, warning, wrong } from '../../finding.ts';
import { type AlipaySettings, readAccount } from '../account.ts';
import { certificatesIn, readCertificates } from '../certificates.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { isPublicHalf, readPrivateKey, readPublicKey } from '../keys.ts';
import { openSdk } from '../open-sdk.ts';
import { AlipaySettingsError } from '../settings-error.ts';

export function checkAccount(settings: AlipaySettings, now: Date): readonly Finding[] {
  const mine = attempt(() => readPrivateKey('ALI_PRIVATE_KEY', settings.privateKey));
  const findings = [mine instanceof AlipaySettingsError ? faultOf(mine) : ok('ALI_PRIVATE_KEY', sizeOf(mine))];
  const own = mine instanceof AlipaySettingsError ? undefined : mine;
  const certified = [settings.appCert, settings.alipayCert, settings.rootCert].some((text) => text !== undefined);
  findings.push(...(certified ? checkCertificates(settings, own, now) : [checkAlipayKey(settings.publicKey, own)]));
  if (findings.some(({ status }) => status === 'wrong')) return findings;
  const whole = attempt(() => readAccount(settings));
  return whole instanceof AlipaySettingsError ? [...findings, faultOf(whole)] : findings;
}

const COPY_ALIPAYS =
  'open platform, your application, "interface signing method": copy the Alipay public key (支付宝公钥), not the application public key (应用公钥)';

function checkAlipayKey(text: string | undefined, own: KeyObject | undefined): Finding {
  const about = 'ALI_PUBLIC_KEY';
  if (text === undefined) return wrong(about, 'is not set', COPY_ALIPAYS);
  const key = attempt(() => readPublicKey(about, text));
  if (key instanceof AlipaySettingsError) return faultOf(key);
  if (own !== undefined && isPublicHalf(key, own))
    return wrong(about, "is your application's own public key; Alipay's belongs there", COPY_ALIPAYS);
  return ok(about, `${sizeOf(key)}, not your own; SHA-256 ${fingerprintOf(key)}`);
}

function checkCertificates(settings: AlipaySettings, own: KeyObject | undefined, now: Date): Finding[] {
  const read = own && attempt(() => readCertificates(settings, own));
  if (read instanceof AlipaySettingsError) return [faultOf(read)];
  if (own === undefined || read === undefined) return [];
  const roots = certificatesIn(read.root).flatMap(readable);
  const chains = [
    { about: 'ALI_APP_CERT', chain: certificatesIn(read.app) },
    { about: 'ALI_ALIPAY_CERT', chain: certificatesIn(read.alipay) },
  ].map(({ about, chain }) => ({ about, chain: chain.flatMap(readable) }));
  return [
    ...chains.flatMap(({ about, chain }) => [checkExpiry(about, chain, now), checkChain(about, chain, roots)]),
    serialNumbers(settings),
  ];
}

/** One of a chain or a bundle that is cut off is named by whoever reads all of them: {@link serialNumbers}. */
function readable(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return [];
  }
}

const DAY_MS = 86_400_000;
const RENEW = 'download a new certificate at the open platform; Alipay takes the old one until it ends';

/** The first of a chain to end counts. Alarm at 30 days, louder at 7. */
function checkExpiry(about: string, chain: readonly X509Certificate[], now: Date): Finding {
  const end = new Date(Math.min(...chain.map(({ validToDate }) => validToDate.getTime())));
  const begin = new Date(Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime())));
  const days = Math.floor((end.getTime() - now.getTime()) / DAY_MS);
  const until = `${end.toISOString().slice(0, 10)} (${days} days)`;
  if (now < begin)
    return wrong(about, `is valid from ${begin.toISOString()} on, which is not yet`, 'check the clock of this machine');
  if (days < 0) return wrong(about, `ended on ${until}`, RENEW);
  if (days <= 7) return wrong(about, `ends on ${until}`, RENEW);
  return days <= 30 ? warning(about, `ends on ${until}`, RENEW) : ok(about, `valid until ${until}`);
}

/** From the leaf over the chain's own certificates to one of the root bundle. */
function checkChain(
  about: string,
  [leaf, ...between]: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): Finding {
  let last = leaf;
  for (let step = 0; last !== undefined && step <= between.length; step++) {
    const below: X509Certificate = last;
    if (roots.some((root) => isIssuedBy(below, root))) return ok(about, 'leads to a certificate of ALI_ROOT_CERT');
    last = between.find((issuer) => isIssuedBy(below, issuer) && issuer !== below);
  }
  return warning(
    about,
    'does not lead to a certificate of ALI_ROOT_CERT',
    'download all three again, together, for this application',
  );
}

function isIssuedBy(below: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return below.checkIssued(issuer) && below.verify(issuer.publicKey);
  } catch {
    // Alipay's bundle holds SM2 certificates too, which this OpenSSL may not verify.
    return false;
  }
}

/** As Alipay's SDK sends them with every call. */
function serialNumbers(settings: AlipaySettings): Finding {
  const account = attempt(() => readAccount(settings));
  if (account instanceof AlipaySettingsError) return faultOf(account);
  const sdk = attempt(() => openSdk(account));
  if (sdk instanceof AlipaySettingsError) return faultOf(sdk);
  const { appCertSn, alipayRootCertSn, alipayCertSn } = sdk.config;
  return ok(
    'certificates',
    `app_cert_sn ${appCertSn}, alipay_cert_sn ${alipayCertSn}, alipay_root_cert_sn ${alipayRootCertSn}`,
  );
}

function sizeOf(key: KeyObject): string {
  return `RSA, ${key.asymmetricKeyDetails?.modulusLength} bits`;
}

function faultOf({ variable, message }: AlipaySettingsError): Finding {
  return wrong(variable, message.slice(variable.length + 1), `correct ${variable} (or ${variable}_FILE)`);
}

function attempt<Value>(read: () => Value): Value | AlipaySettingsError {
  try {
    return read();
  } catch (error) {
    if (error instanceof AlipaySettingsError) return error;
    throw error;
  }
}
