// What a signature says by itself: opened with the right key it holds the digest of what was signed, and with
// which algorithm. With any other key there is only noise. So the key is found before any content is compared.
import { constants, hash, type KeyObject, publicDecrypt } from 'node:crypto';
import { unescapeBytes } from '../form.ts';
import type { Cause } from './cause.ts';

export type Algorithm = 'sha256' | 'sha1';

/** DigestInfo up to the digest (RFC 8017, 9.2, note 1). */
const PREFIXES: Readonly<Record<Algorithm, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha1: '3021300906052b0e03021a05000414',
};

export interface Opened {
  readonly algorithm: Algorithm;
  readonly digest: string;
}

/** What the signature vouches for; undefined when another key made it. */
export function openSignature(signature: Buffer, key: KeyObject): Opened | undefined {
  try {
    const info = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).toString('hex');
    const algorithm = (['sha256', 'sha1'] as const).find((name) => info.startsWith(PREFIXES[name]));
    return algorithm && { algorithm, digest: info.slice(PREFIXES[algorithm].length) };
  } catch {
    return undefined;
  }
}

export function matches({ algorithm, digest }: Opened, message: Buffer): boolean {
  return hash(algorithm, message, 'hex') === digest;
}

export interface SignReading {
  readonly signature: Buffer;
  /** What must have happened to the sign; undefined when it is as it came. */
  readonly cause: Cause | undefined;
}

/** The ways to read a sign, the plainest first. */
export function signsOf(sign: string): readonly SignReading[] {
  const readings: SignReading[] = [{ signature: Buffer.from(sign, 'base64'), cause: undefined }];
  if (sign.includes(' ')) {
    // Base64 decoders skip spaces: unrepaired it may even decode, to fewer bytes.
    readings.push({ signature: Buffer.from(sign.replaceAll(' ', '+'), 'base64'), cause: SPACED });
  }
  if (/%[0-9A-Fa-f]{2}/.test(sign))
    readings.push({ signature: Buffer.from(unescapeBytes(sign.replaceAll('+', '%2B')), 'base64'), cause: ESCAPED });
  return readings;
}

const SPACED: Cause = {
  what: '`+` in the sign was read as a space (its `%2B` was lost on the way)',
  fix: 'decode the form once, from the raw body; whoever passes it on must escape `+` as `%2B` again',
};
const ESCAPED: Cause = {
  what: 'the sign is still percent-encoded: the body was encoded twice',
  fix: 'something between Alipay and the gateway encodes the body again; hand it on byte for byte',
};
