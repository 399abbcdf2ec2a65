// Alipay's signature on a form (a notification, the buyer's return). "V1": sign and sign_type are left out,
// the rest is sorted by name and joined as name=value with &, unescaped, in the message's own charset.
import { type KeyObject, verify } from 'node:crypto';
import type { AlipayKey } from './account.ts';
import { type Charset, charsetOf, decodeBytes } from './charset.ts';
import { type Form, readForm } from './form.ts';

export type ReadSignedForm = Verified | { readonly kind: 'unverified'; readonly reason: string };

interface Verified {
  readonly kind: 'verified';
  /** Answers the text of a signed field, undefined when it is absent or empty. */
  readonly field: (name: string) => string | undefined;
  /** Fingerprint of the key that verified it. */
  readonly keyId: string;
}

/** Which keys a form may be signed with, by the ids that it names itself; undefined: nobody's here. */
export type KeysFor = (named: NamedApp) => readonly AlipayKey[] | undefined;

export interface NamedApp {
  readonly appId: string;
  /** The app in whose name a service provider's acts; its own everywhere else. */
  readonly authAppId: string | undefined;
}

const MAX_SIGN = 1024;

/** Fields that decide something about money. */
const DECISIVE =
  /&(?:app_id|gmt_payment|gmt_refund|notify_id|out_biz_no|out_trade_no|refund_fee|seller_id|send_pay_date|timestamp|total_amount|trade_no|trade_status)=/;

/**
 * Reads a form and believes it only under Alipay's RSA2 signature over every field it carries. What it names before that
 * is nothing but a question: whose keys to try. Never throws.
 */
export function readSignedForm(raw: Buffer, keysFor: KeysFor): ReadSignedForm | { readonly kind: 'unknown_app' } {
  const read = readForm(raw);
  if (read.kind === 'refused') return unverified(read.reason);
  const { fields } = read;
  const keys = keysFor({ appId: fields.get('app_id') ?? '', authAppId: fields.get('auth_app_id') || undefined });
  return keys === undefined ? { kind: 'unknown_app' } : verifyForm(fields, keys);
}

/** The same for a form that is known to be signed with this key or not at all. */
export function readFormSignedWith(raw: Buffer, key: AlipayKey): ReadSignedForm {
  const read = readForm(raw);
  return read.kind === 'refused' ? unverified(read.reason) : verifyForm(read.fields, [key]);
}

function verifyForm(fields: Form, keys: readonly AlipayKey[]): ReadSignedForm {
  if (fields.get('sign_type') !== 'RSA2') return unverified('sign_type is not RSA2');
  const signature = signatureOf(fields.get('sign'));
  if (signature === undefined) return unverified('no signature in Base64');
  const charset = charsetOf(fields.get('charset') ?? 'utf-8');
  if (charset === undefined) return unverified('an unknown charset');
  const signed = [...fields].filter(([name]) => name !== 'sign' && name !== 'sign_type').sort(byName);
  const message = messageOf(signed);
  if (decodeBytes(message, charset) === undefined) return unverified('bytes that are not in the charset');
  if (signed.some(([, value]) => DECISIVE.test(value))) return unverified('a value that looks like further fields');
  const key = keys.find(
    (one) => verify('sha256', message, one.key, signature) || verifiesFilled(signed, signature, one.key),
  );
  if (key === undefined) return unverified('a wrong signature');
  return { kind: 'verified', field: fieldReader(fields, charset), keyId: key.id };
}

/** Strictly Base64, the whole of it: one signature has one spelling. */
function signatureOf(text: string | undefined): Buffer | undefined {
  if (text === undefined || text === '' || text.length > MAX_SIGN) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** Alipay's pages say that empty values are not signed, its Java SDK keeps them: so, once more without. */
function verifiesFilled(signed: Pairs, signature: Buffer, key: KeyObject): boolean {
  const filled = signed.filter(([, value]) => value !== '');
  return filled.length < signed.length && verify('sha256', messageOf(filled), key, signature);
}

function messageOf(pairs: Pairs): Buffer {
  return Buffer.from(pairs.map(([name, value]) => `${name}=${value}`).join('&'), 'latin1');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function fieldReader(fields: Form, charset: Charset): (name: string) => string | undefined {
  return (name) => {
    const bytes = fields.get(name);
    return bytes === undefined || bytes === '' ? undefined : decodeBytes(Buffer.from(bytes, 'latin1'), charset);
  };
}

function unverified(reason: string): ReadSignedForm {
  return { kind: 'unverified', reason };
}
