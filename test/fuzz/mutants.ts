// Mutants of genuine notifications: each knows the form's structure and spoils one to three things about it.
import iconv from 'iconv-lite';
import { alipay, app, stranger } from '../alipay/keys.ts';
import { type Fields, formOf, notice, PAID, signatureOf, without } from '../alipay/notice.ts';
import type { Random } from '../faults/random.ts';

/** A request to the notification route. */
export interface Posted {
  readonly body: Buffer;
  readonly contentType: string | undefined;
}

type Pair = readonly [name: string, value: string];

/** On its way to be one: pairs as they stand in the body, escaped already. */
interface Draft {
  readonly pairs: readonly Pair[];
  readonly contentType: string | undefined;
}

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const REFUNDED = { refund_fee: '3.00', out_biz_no: 'ref-1', gmt_refund: '2026-11-23 11:00:00.314' };

/** What Alipay itself sends: paid, waiting, closed, refunded, in two charsets, with empty values signed and not. */
export function genuineNotices(paid: Fields = PAID): readonly Posted[] {
  const gbk = { ...paid, charset: 'GBK', subject: '语雀空间 中文|~' };
  return [
    notice(paid),
    notice({ ...paid, ...REFUNDED }),
    notice({ ...without(paid, 'gmt_payment'), trade_status: 'TRADE_CLOSED' }),
    notice({ ...without(paid, 'gmt_payment'), trade_status: 'WAIT_BUYER_PAY' }),
    notice(gbk, { encoding: 'gbk' }),
    notice({ ...paid, refund_fee: '', body: '' }),
    notice({ ...paid, refund_fee: '', body: '' }, { covers: (_, value) => value !== '' }),
  ].map((body) => ({ body, contentType: FORM }));
}

const VALUES = [
  '',
  '0.01',
  '8.880',
  '-8.88',
  '8,88',
  '８.８８',
  '1e3',
  '99999999999999999999.00',
  'TRADE_SUCCESS',
  'TRADE_FINISHED',
  'order-1',
  'order-2',
  '2088000000000002',
  '2021000000000002',
  'null',
  'true',
  '[object Object]',
  '\u0000',
  '\ufeff8.88',
  '8.88\u200b',
  '\u202e88.8',
  'e\u0301',
  '\ud83c\udf75',
  "' or 1=1 --",
  '%{jndi:ldap://x}',
  '{"total_amount":"0.01"}',
  'x&total_amount=0.01',
  '<!DOCTYPE x>',
] as const;
const NAMES = [
  'total_amount',
  'trade_status',
  'out_trade_no',
  'trade_no',
  'app_id',
  'seller_id',
  'notify_id',
  'sign',
  'sign_type',
  'charset',
  'refund_fee',
  'total_amount[]',
  'total_amount[0]',
  'biz_content[total_amount]',
  '__proto__',
  'constructor',
  'Total_Amount',
  'total_amount ',
  'total\u200b_amount',
  '',
  '%',
  'x'.repeat(65),
] as const;
const CHARSETS = [
  'utf-8',
  'UTF8',
  'GBK',
  'gb2312',
  'gb18030',
  'utf-16',
  'utf-16le',
  'iso-8859-1',
  'utf-7',
  'Shift_JIS',
  '',
] as const;
const SIGN_TYPES = ['RSA', 'RSA2,RSA', 'rsa2', 'RSA2 ', 'HMAC', 'none', 'MD5', '', 'RSA2\u0000'] as const;
const TYPES = [
  undefined,
  '',
  'application/json',
  'text/plain',
  'text/xml',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=GBK',
  'APPLICATION/X-WWW-FORM-URLENCODED',
  'application/x-www-form-urlencoded, text/plain',
] as const;

const escaped = (text: string) => formOf({ x: text }).slice(2);

function pairsOf(body: Buffer): readonly Pair[] {
  return body
    .toString('latin1')
    .split('&')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
}

const rawOf = ({ pairs }: Draft, name: string) => pairs.find((pair) => pair[0] === name)?.[1] ?? '';
const put = (draft: Draft, name: string, value: string): Draft => ({
  ...draft,
  pairs: draft.pairs.map((pair) => (pair[0] === name ? [name, value] : pair)),
});
const insert = (draft: Draft, place: number, ...added: readonly Pair[]): Draft => ({
  ...draft,
  pairs: [...draft.pairs.slice(0, place), ...added, ...draft.pairs.slice(place)],
});
const some = (random: Random, { pairs }: Draft): Pair => pairs[random.nat(pairs.length)] ?? ['x', ''];

/** Signed by somebody else over exactly what stands there. */
function signedBy(random: Random, draft: Draft): Draft {
  const fields = Object.fromEntries(draft.pairs.map(([name, value]) => [name, decoded(value)]));
  const key = random.pick([stranger.privateKey, app.privateKey]);
  return put(draft, 'sign', escaped(signatureOf(without(fields, 'sign', 'sign_type'), { key })));
}

/** Alipay's own signature, over SHA-1. */
function signedWeakly(draft: Draft): Draft {
  const fields = Object.fromEntries(draft.pairs.map(([name, value]) => [name, decoded(value)]));
  const weak = signatureOf(without(fields, 'sign', 'sign_type'), { key: alipay.privateKey, algorithm: 'sha1' });
  return put(draft, 'sign', escaped(weak));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

const respelt = (value: string, random: Random): string =>
  random.pick<(text: string) => string>([
    (text) => text.replaceAll('+', '%20'),
    (text) => text.replace(/%../g, (code) => code.toLowerCase()),
    (text) => text.replace(/[0-9A-Za-z]/, (char) => `%${char.charCodeAt(0).toString(16)}`),
    (text) => text.replaceAll('%', '%25'),
    (text) => text.replaceAll('%', '%u00'),
    (text) => text.replaceAll('%2F', '%C0%AF'),
    (text) => `${text}%`,
    (text) => `${text}%0`,
    (text) => text.normalize('NFD'),
    (text) => ` ${text}`,
    (text) => `${text}%00`,
  ])(value);

/** What can be done to the form. */
const SPOIL: readonly (readonly [weight: number, spoil: (random: Random, draft: Draft) => Draft])[] = [
  [10, (random, draft) => put(draft, some(random, draft)[0], escaped(random.pick(VALUES)))],
  [
    8,
    (random, draft) =>
      insert(draft, random.nat(draft.pairs.length + 1), [escaped(random.pick(NAMES)), escaped(random.pick(VALUES))]),
  ],
  [8, (random, draft) => insert(draft, random.nat(draft.pairs.length + 1), some(random, draft))],
  [
    4,
    (random, draft) =>
      insert(draft, random.nat(draft.pairs.length + 1), [
        some(random, draft)[0].replace('_', '%5F'),
        escaped(random.pick(VALUES)),
      ]),
  ],
  [
    8,
    (random, draft) => ({
      ...draft,
      pairs: draft.pairs.filter((_, place) => place !== random.nat(draft.pairs.length)),
    }),
  ],
  [6, (random, draft) => put(draft, some(random, draft)[0], some(random, draft)[1])],
  [3, (random, draft) => ({ ...draft, pairs: draft.pairs.toSorted(() => random.nat(3) - 1) })],
  [
    8,
    (random, draft) => {
      const [name, value] = some(random, draft);
      return put(draft, name, respelt(value, random));
    },
  ],
  [5, (random, draft) => put(draft, 'charset', escaped(random.pick(CHARSETS)))],
  [4, (random, draft) => ({ ...draft, contentType: random.pick(TYPES) })],
  [5, (random, draft) => put(draft, 'sign_type', escaped(random.pick(SIGN_TYPES)))],
  [
    3,
    (random, draft) => {
      const sign = rawOf(draft, 'sign');
      return put(
        draft,
        'sign',
        random.pick([
          sign.toLowerCase(),
          sign.slice(0, -6),
          `${sign}%3D`,
          sign.replaceAll('%2B', '-'),
          `%0A${sign}`,
          sign.replaceAll('%2B', '+'),
          '',
          'AA%3D%3D',
        ]),
      );
    },
  ],
  [2, signedBy],
  [1, (_, draft) => signedWeakly(draft)],
  [
    1,
    (random, draft) =>
      insert(draft, random.nat(draft.pairs.length + 1), ['huge', 'x'.repeat(1_000 + random.nat(70_000))]),
  ],
  [
    1,
    (random, draft) => insert(draft, 0, ...Array.from({ length: 60 + random.nat(80) }, (_, n): Pair => [`f${n}`, ''])),
  ],
  [
    2,
    (random, draft) =>
      insert(draft, random.nat(draft.pairs.length + 1), ['', random.pick(['', '=', '&', '&&', ';a=b'])]),
  ],
  [
    2,
    (random, draft) => ({
      ...draft,
      pairs: draft.pairs.map(([name, value], place) =>
        place % (1 + random.nat(9)) === 0 ? [`${name}%5B%5D`, value] : [name, value],
      ),
    }),
  ],
];

/** What can be done to the bytes, whatever they mean. */
const BREAK: readonly (readonly [weight: number, act: (random: Random, body: Buffer) => Buffer])[] = [
  [
    14,
    (random, body) => {
      const flipped = Buffer.from(body);
      const at = random.nat(body.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.nat(8));
      return flipped;
    },
  ],
  [
    5,
    (random, body) => {
      const at = random.nat(body.length);
      return Buffer.concat([body.subarray(0, at), Buffer.from([random.nat(256)]), body.subarray(at)]);
    },
  ],
  [
    5,
    (random, body) => {
      const at = random.nat(body.length);
      return Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + random.nat(8))]);
    },
  ],
  [4, (random, body) => body.subarray(0, random.nat(body.length))],
  [
    3,
    (random, body) => {
      const at = random.nat(body.length);
      return Buffer.concat([body, body.subarray(at, at + random.nat(200))]);
    },
  ],
  [2, (_, body) => iconv.encode(body.toString('utf8'), 'utf-16le')],
  [2, (_, body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])],
  [1, (_, body) => Buffer.from(JSON.stringify(Object.fromEntries(pairsOf(body))))],
  [1, (_, body) => Buffer.from(`--x\r\ncontent-disposition: form-data; name="body"\r\n\r\n${body}\r\n--x--`)],
  [1, (_, body) => Buffer.concat([body, Buffer.from('&'), body])],
  [
    2,
    (random, body) =>
      Buffer.from(Array.from({ length: random.nat(64) }, () => random.nat(256)).concat([...body.subarray(0, 64)])),
  ],
];

const SPARE_OR_BREAK: typeof BREAK = [[60, (_, body) => body], ...BREAK];

export function mutantOf(random: Random, { body, contentType }: Posted): Posted {
  let draft: Draft = { pairs: pairsOf(body), contentType };
  // One in five is spoilt in its bytes alone.
  const changes = random.chance(20) ? 0 : 1 + random.nat(3);
  for (let n = 0; n < changes; n += 1) draft = random.weighted(SPOIL)(random, draft);
  const whole = Buffer.from(draft.pairs.map(([name, value]) => `${name}=${value}`).join('&'), 'latin1');
  const acts = changes === 0 ? BREAK : SPARE_OR_BREAK;
  return { body: random.weighted(acts)(random, whole), contentType: draft.contentType };
}

/**
 * What a form says, by an account of our own: its pairs, unescaped once, without the signature and without empty values, in
 * the order of their names. Undefined for what no honest sender writes: a repeated name, a pair without a value.
 */
export function meaningOf(body: Buffer): string | undefined {
  const pairs = body.toString('latin1').split('&');
  const seen = new Map<string, string>();
  for (const pair of pairs) {
    const [name, value] = pair.split(/=(.*)/s).map((part) => unescaped(part));
    if (name === undefined || value === undefined || seen.has(name)) return undefined;
    seen.set(name, value);
  }
  const told = [...seen].filter(([name, value]) => value !== '' && name !== 'sign' && name !== 'sign_type');
  return JSON.stringify(told.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unescaped(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
