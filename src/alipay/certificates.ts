// Certificate mode: the application, Alipay and Alipay's root each come as a certificate instead of a bare key.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { isPublicHalf, strongRsa } from './keys.ts';
import { AlipaySettingsError } from './settings-error.ts';

const MAX_TEXT = 100_000;
const BLOCK = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+?-----END CERTIFICATE-----/g;

/** The three certificates as normalised PEM, and when the first of ours and Alipay's ends. */
export interface Certificates {
  readonly app: string;
  readonly alipay: string;
  /** Alipay's bundle: several certificates. */
  readonly root: string;
  readonly validUntil: Date;
}

export interface CertificateSettings {
  readonly appCert?: string | undefined;
  readonly alipayCert?: string | undefined;
  readonly rootCert?: string | undefined;
}

/**
 * Reads the three PEM texts; undefined when none is given (key mode).
 * @throws AlipaySettingsError when one is missing, unreadable or not the private key's own
 */
export function readCertificates(
  settings: CertificateSettings,
  privateKey: KeyObject,
): (Certificates & { readonly alipayPublicKey: KeyObject }) | undefined {
  const { appCert, alipayCert, rootCert } = settings;
  if (appCert === undefined && alipayCert === undefined && rootCert === undefined) return undefined;
  const app = readPem('ALI_APP_CERT', appCert);
  const alipay = readPem('ALI_ALIPAY_CERT', alipayCert);
  const root = readPem('ALI_ROOT_CERT', rootCert);
  const ours = leafOf('ALI_APP_CERT', app);
  const theirs = leafOf('ALI_ALIPAY_CERT', alipay);
  if (!isPublicHalf(ours.publicKey, privateKey))
    throw new AlipaySettingsError('ALI_APP_CERT', 'is not the certificate of ALI_PRIVATE_KEY');
  if (isPublicHalf(theirs.publicKey, privateKey))
    throw new AlipaySettingsError('ALI_ALIPAY_CERT', "is the application's own certificate; Alipay's belongs there");
  const alipayPublicKey = strongRsa('ALI_ALIPAY_CERT', theirs.publicKey);
  const validUntil = new Date(Math.min(ours.validToDate.getTime(), theirs.validToDate.getTime()));
  return { app: app.join('\n'), alipay: alipay.join('\n'), root: root.join('\n'), alipayPublicKey, validUntil };
}

/**
 * The public key that a certificate vouches for; the first of a chain.
 * @throws AlipaySettingsError naming `variable`
 */
export function readCertificateKey(variable: string, pem: string): KeyObject {
  return strongRsa(variable, leafOf(variable, readPem(variable, pem)).publicKey);
}

/** The certificates in a text of normalised PEM, the leaf first. */
export function certificatesIn(pem: string): readonly string[] {
  return pem.match(BLOCK) ?? [];
}

function readPem(variable: string, text: string | undefined): readonly string[] {
  if (text === undefined || text.trim() === '')
    throw new AlipaySettingsError(variable, 'is missing; certificate mode needs all three certificates');
  if (text.length > MAX_TEXT) throw new AlipaySettingsError(variable, 'is far longer than a certificate');
  const blocks = text.replace(/\\r?\\n|\\n/g, '\n').match(BLOCK);
  if (blocks === null) throw new AlipaySettingsError(variable, 'holds no certificate in PEM');
  return blocks.map(tidy);
}

/** 64 columns, no stray white space: what every parser takes. */
function tidy(block: string): string {
  const base64 = block.replace(/-----[A-Z ]+-----|\s/g, '');
  return ['-----BEGIN CERTIFICATE-----', ...(base64.match(/.{1,64}/g) ?? []), '-----END CERTIFICATE-----'].join('\n');
}

/** Alipay's file may be a chain; the first certificate is the one that signs. */
function leafOf(variable: string, [leaf = '']: readonly string[]): X509Certificate {
  try {
    return new X509Certificate(leaf);
  } catch (error) {
    throw new AlipaySettingsError(variable, 'holds a certificate that cannot be read (is it cut off?)', {
      cause: error,
    });
  }
}
