import { type Codec, encodeText } from './charset.ts';

/** A name and a value as bytes: their charset is known only once all of them are read. */
export type RawPair = readonly [name: Buffer, value: Buffer];

/** Splits and percent-decodes a form or a query exactly once; a `%` that starts no escape stays as it is. */
export function parseForm(raw: string): RawPair[] {
  return raw
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [percentDecode(pair), Buffer.alloc(0)]
        : [percentDecode(pair.slice(0, equals)), percentDecode(pair.slice(equals + 1))];
    });
}

function percentDecode(text: string): Buffer {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** A form body as Alipay's Java writes it: space is `+`, letters, digits and `.-*_` stay. */
export function encodeForm(fields: Iterable<readonly [string, string]>, codec: Codec): string {
  return Array.from(fields, ([name, value]) => `${percentEncode(name, codec)}=${percentEncode(value, codec)}`).join(
    '&',
  );
}

function percentEncode(text: string, codec: Codec): string {
  return encodeText(text, codec)
    .toString('latin1')
    .replace(/[^A-Za-z0-9.*_-]/g, (char) =>
      char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
