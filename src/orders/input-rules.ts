// What a caller may send. The limits are Alipay's own (alipay.trade.precreate) unless a comment says otherwise.
import { canonicalJson, type Json } from './canonical-json.ts';
import type { InvalidInput } from './outcomes.ts';

const MERCHANT_ORDER_NO = /^[A-Za-z0-9_-]{1,60}$/;
const PLACE = /^[\x21-\x7e]*$/;
// Control and format characters and blank letters hide what a buyer reads; half surrogate pairs are no text at all.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Regional_Indicator}|\ufe0f|\u20e3|[\u{1f000}-\u{1faff}]/u;
const RESERVED_IN_SUBJECT = /[/=&]/;

const MAX_METADATA_LENGTH = 4_096;
const MAX_METADATA_DEPTH = 5;

export interface OrderText {
  readonly merchantOrderNo: string | null;
  readonly subject: string;
  readonly body: string | null;
  readonly storeId: string | null;
  readonly terminalId: string | null;
  readonly operatorId: string | null;
  readonly expiresInMinutes: number;
  readonly metadata: Json;
}

/** The first thing that is wrong with an order's input, if anything is. */
export function faultIn(input: OrderText): InvalidInput | undefined {
  const { merchantOrderNo, expiresInMinutes, metadata } = input;
  if (merchantOrderNo !== null && !MERCHANT_ORDER_NO.test(merchantOrderNo))
    return invalid('merchantOrderNo', 'must be 1 to 60 of A–Z a–z 0–9 _ -');
  if (!Number.isInteger(expiresInMinutes) || expiresInMinutes < 1 || expiresInMinutes > 1_440)
    return invalid('expiresInMinutes', 'must be a whole number from 1 to 1440');
  return (
    faultInSubject(input.subject) ??
    faultInBody(input.body) ??
    faultInPlace('storeId', input.storeId, 32) ??
    faultInPlace('terminalId', input.terminalId, 32) ??
    faultInPlace('operatorId', input.operatorId, 28) ??
    faultInMetadata(metadata)
  );
}

export function invalid(field: string, what: string): InvalidInput {
  return { kind: 'invalid_input', field, message: `${field} ${what}` };
}

/** A reason or a note that a person writes: up to 256 characters, as Alipay's refund_reason. */
export function faultInNote(field: string, text: string | null): InvalidInput | undefined {
  if (text === null) return undefined;
  return text.trim() === '' ? invalid(field, 'must not be empty: leave it out') : faultInText(field, text, 256);
}

const REFUND_NO = /^[A-Za-z0-9_-]{1,64}$/;
/** A payment code: 16 to 24 digits that begin with 25 to 30, or a face code of 35 characters (dossier 3.1). */
const AUTH_CODE = /^(?:(?:2[5-9]|30)\d{14,22}|fp[0-9A-Za-z]{33})$/;

export function faultInRefundNo(refundNo: string): InvalidInput | undefined {
  return REFUND_NO.test(refundNo) ? undefined : invalid('refundNo', 'must be 1 to 64 of A–Z a–z 0–9 _ -');
}

export function faultInAuthCode(authCode: string): InvalidInput | undefined {
  if (AUTH_CODE.test(authCode)) return undefined;
  return invalid(
    'authCode',
    "must be a payment code from the buyer's Alipay: 16 to 24 digits that begin with 25 to 30",
  );
}

export function faultInUrl(field: string, text: string | null, most: number): InvalidInput | undefined {
  if (text === null) return undefined;
  const url = text.length <= most && URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  return web && url.username === '' && url.password === ''
    ? undefined
    : invalid(field, `must be an http or https URL of at most ${most} characters`);
}

function faultInSubject(subject: string): InvalidInput | undefined {
  if (subject.trim() === '') return invalid('subject', 'must not be empty');
  if (RESERVED_IN_SUBJECT.test(subject)) return invalid('subject', 'must not contain / = or &');
  return faultInText('subject', subject, 256);
}

function faultInBody(body: string | null): InvalidInput | undefined {
  if (body === null) return undefined;
  return body === '' ? invalid('body', 'must not be empty: leave it out') : faultInText('body', body, 128);
}

function faultInText(field: string, text: string, most: number): InvalidInput | undefined {
  if (text.length > most * 2 || [...text].length > most) return invalid(field, `must have at most ${most} characters`);
  if (UNPRINTABLE.test(text)) return invalid(field, 'must not contain control or invisible characters');
  return EMOJI.test(text) ? invalid(field, 'must not contain emoji: Alipay refuses them') : undefined;
}

export function faultInPlace(field: string, text: string | null, most: number): InvalidInput | undefined {
  if (text === null) return undefined;
  const right = text.length > 0 && text.length <= most && PLACE.test(text);
  return right ? undefined : invalid(field, `must be 1 to ${most} printable ASCII characters without spaces`);
}

function faultInMetadata(metadata: Json): InvalidInput | undefined {
  if (metadata === null) return undefined;
  if (depthOf(metadata) > MAX_METADATA_DEPTH)
    return invalid('metadata', `must nest at most ${MAX_METADATA_DEPTH} deep`);
  if (!holdsFiniteNumbers(metadata)) return invalid('metadata', 'must not contain a number too large for JSON');
  const text = canonicalJson(metadata);
  if (text.includes('\\u0000') || text.includes('\u0000')) return invalid('metadata', 'must not contain U+0000');
  return text.length > MAX_METADATA_LENGTH
    ? invalid('metadata', `must have at most ${MAX_METADATA_LENGTH} characters as JSON`)
    : undefined;
}

function depthOf(value: Json, depth = 0): number {
  if (value === null || typeof value !== 'object' || depth > MAX_METADATA_DEPTH) return depth;
  return Math.max(depth + 1, ...Object.values(value).map((member: Json) => depthOf(member, depth + 1)));
}

/** 1e400 arrives as Infinity, which JSON would quietly turn into null. */
function holdsFiniteNumbers(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value !== 'object' || Object.values(value).every(holdsFiniteNumbers);
}
