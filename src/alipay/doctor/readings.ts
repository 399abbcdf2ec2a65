// The ways in which the bytes of a file may hold a notification's fields.
import { isUtf8 } from 'node:buffer';
import { unescapeBytes } from '../form.ts';
import type { Cause } from './cause.ts';
import { unescapeHtml } from './html.ts';
import type { Pair, Pairs } from './letter.ts';

export interface Reading {
  readonly pairs: Pairs;
  /** What must have happened to the message; undefined for a form as Alipay posts it. */
  readonly cause: Cause | undefined;
}

/** Every reading under which there is a sign, the plainest first. */
export function readingsOf(body: Buffer): readonly Reading[] {
  const text = body.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  // An editor's line end, which no form has.
  const whole = text.replace(/[\r\n]+$/, '');
  const readings: (Reading | undefined)[] = [
    { pairs: pairsOf(whole, unescapeBytes), cause: undefined },
    whole.includes('&amp;') ? { pairs: pairsOf(unescapeHtml(whole), unescapeBytes), cause: HTML_BODY } : undefined,
    { pairs: pairsOf(whole, (piece) => piece), cause: DECODED },
    fromJson(body),
  ];
  return readings.filter((reading) => reading?.pairs.some(({ name }) => name === 'sign') ?? false).filter(isReading);
}

function isReading(reading: Reading | undefined): reading is Reading {
  return reading !== undefined;
}

const HTML_BODY: Cause = {
  what: 'the whole body was HTML-escaped: `&amp;` stands between its fields',
  fix: 'take the body before any HTML or XSS filter; such a filter must leave /alipay/notify alone',
};
const DECODED: Cause = {
  what: 'the form was decoded before it was kept (or is decoded a second time when it is read)',
  fix: 'decode the form exactly once, and keep the raw body, not what a framework made of it',
};
const JSON_BODY: Cause = {
  what: 'the form was turned into JSON',
  fix: 'hand on the raw form body: verify over what was posted, not over an object serialised again',
};

function pairsOf(text: string, read: (piece: string) => string): Pairs {
  return text.split('&').map((piece): Pair => {
    const equals = piece.indexOf('=');
    return equals < 0
      ? { name: read(piece), value: '' }
      : { name: read(piece.slice(0, equals)), value: read(piece.slice(equals + 1)) };
  });
}

function fromJson(body: Buffer): Reading | undefined {
  const object = objectIn(body);
  if (object === undefined) return undefined;
  const pairs = Object.entries(object).map(([name, value]) => ({ name: bytesOf(name), value: bytesOf(textOf(value)) }));
  return { pairs, cause: JSON_BODY };
}

function objectIn(body: Buffer): object | undefined {
  if (!isUtf8(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
