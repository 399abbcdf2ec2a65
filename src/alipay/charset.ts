import { isAscii, isUtf8 } from 'node:buffer';

/** The two encodings Alipay writes. */
export type Charset = 'utf-8' | 'gbk';

const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['utf-8', 'utf-8'],
  ['gbk', 'gbk'],
  ['gb2312', 'gbk'], // what Alipay calls so is its superset
]);

/** The charset of a `charset` parameter, undefined for one that Alipay does not use. */
export function charsetOf(name: string): Charset | undefined {
  return CHARSETS.get(name.toLowerCase());
}

/** The text of `bytes`, undefined when they are not valid in `charset`. */
export function decodeBytes(bytes: Buffer, charset: Charset): string | undefined {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (charset === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  try {
    return new TextDecoder('gbk', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
