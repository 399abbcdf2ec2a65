import iconv from 'iconv-lite';
import { mapValues, type Pairs } from './letter.ts';
import type { Repair } from './repairs.ts';

const ASCII = /^[\0-\x7f]*$/;
const READ_AS = 'decode with the charset that the message itself names, and verify over the bytes that came';

/** One encoding taken for another. The bytes that were signed are those of the right one. */
export const charsetRepairs: readonly Repair[] = [
  {
    what: 'GBK was read as if it were UTF-8, or converted to it: the signature is over the GBK bytes',
    fix: `${READ_AS}; send charset=utf-8 in the query of each order and Alipay answers in UTF-8`,
    variants: (pairs) => recoded(pairs, (bytes) => iconv.encode(iconv.decode(bytes, 'utf8'), 'gbk')),
  },
  {
    what: 'UTF-8 was read as if it were GBK, or converted to it: the signature is over the UTF-8 bytes',
    fix: READ_AS,
    variants: (pairs) => recoded(pairs, (bytes) => iconv.encode(iconv.decode(bytes, 'gbk'), 'utf8')),
  },
  {
    what: 'bytes were read as if they were Latin-1 and written again as UTF-8 (mojibake)',
    fix: READ_AS,
    variants: (pairs) => [
      ...recoded(pairs, (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1')),
      ...recoded(pairs, (bytes) => iconv.encode(bytes.toString('utf8'), 'win1252')),
    ],
  },
  {
    what: 'UTF-8 was read as if it were GBK and written again (mojibake)',
    fix: READ_AS,
    variants: (pairs) => recoded(pairs, (bytes) => iconv.encode(bytes.toString('utf8'), 'gbk')),
  },
];

function* recoded(pairs: Pairs, recode: (bytes: Buffer) => Buffer): Iterable<Pairs> {
  if (pairs.every(({ value }) => ASCII.test(value))) return;
  yield mapValues(pairs, (value) =>
    ASCII.test(value) ? value : recode(Buffer.from(value, 'latin1')).toString('latin1'),
  );
}
