import iconv from 'iconv-lite';

/** The two encodings Alipay speaks; gb2312 is read and written as its superset GBK. */
export type Codec = 'utf-8' | 'gbk';

const CODECS = new Map<string, Codec>([
  ['utf-8', 'utf-8'],
  ['gbk', 'gbk'],
  ['gb2312', 'gbk'],
]);

/** The codec of a `charset` parameter, in any case of letters; null for one the gateway rejects. */
export function codecOf(charset: string): Codec | null {
  return CODECS.get(charset.toLowerCase()) ?? null;
}

export function decodeText(bytes: Buffer, codec: Codec): string {
  return codec === 'utf-8' ? bytes.toString('utf8') : iconv.decode(bytes, 'gbk');
}

export function encodeText(text: string, codec: Codec): Buffer {
  return codec === 'utf-8' ? Buffer.from(text, 'utf8') : iconv.encode(text, 'gbk');
}
