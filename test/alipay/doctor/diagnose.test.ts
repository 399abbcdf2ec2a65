// What can happen to a notification on its way, done to a real one, and what the doctor says of it.
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { type Candidate, diagnose } from '../../../src/alipay/doctor/diagnose.ts';
import { APP_ID, alipay, app, stranger } from '../keys.ts';
import { type Fields, formOf, notice, PAID, signatureOf } from '../notice.ts';

const CONFIGURED: Candidate = { label: 'ALI_PUBLIC_KEY', role: 'configured', key: alipay.publicKey };
const OWN: Candidate = { label: 'ALI_PRIVATE_KEY', role: 'own', key: app.publicKey };

interface Around {
  readonly candidates?: readonly Candidate[];
  readonly appId?: string;
  readonly queryNames?: readonly string[];
  readonly contentLength?: number;
}

function examine(body: Buffer | string, around: Around = {}) {
  const { candidates = [CONFIGURED, OWN], appId = APP_ID, queryNames = [], contentLength } = around;
  const patient = { body: Buffer.from(body), queryNames, contentLength };
  const { kind, causes, suspicions, key } = diagnose(patient, candidates, { appId });
  return { kind, causes: causes.map(({ what }) => what), suspicions, key: key?.label };
}

const RICH: Fields = {
  ...PAID,
  subject: 'tea + cake <b> "100%" 茶',
  body: 'two words ',
  passback_params: '{"a":1}',
  total_amount: '8.80',
  buyer_pay_amount: '8.80',
};

/** The decoded fields with their signature, as a framework hands them on. */
function signed(fields: Fields, encoding: 'utf8' | 'gbk' = 'utf8'): Fields {
  return { ...fields, sign: signatureOf(fields, { encoding }), sign_type: 'RSA2' };
}

function mangled(change: (value: string, name: string) => string, fields = RICH): string {
  return formOf(Object.fromEntries(Object.entries(signed(fields)).map(([name, value]) => [name, change(value, name)])));
}

const but = (names: readonly string[], change: (value: string) => string) => (value: string, name: string) =>
  names.includes(name) ? value : change(value);
const only = (names: readonly string[], change: (value: string) => string) => (value: string, name: string) =>
  names.includes(name) ? change(value) : value;
const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const TIMES = ['gmt_create', 'gmt_payment', 'notify_time'];

/** A signature with a `+` in it, as nearly all have. */
function plussed(): Fields {
  for (let turn = 0; ; turn++) {
    const fields = signed({ ...RICH, subject: 'tea', notify_id: `n${turn}` });
    if (fields.sign?.includes('+')) return fields;
  }
}

const gbk: Fields = { ...PAID, charset: 'GBK', subject: '一杯茶' };

test('as Alipay posted it there is nothing to say', () => {
  expect(examine(notice(RICH))).toEqual({ kind: 'genuine', causes: [], suspicions: [], key: 'ALI_PUBLIC_KEY' });
  expect(examine(notice(gbk, { encoding: 'gbk' }))).toMatchObject({ kind: 'genuine', suspicions: [] });
  expect(examine(`${notice(RICH)}\r\n`)).toMatchObject({ kind: 'genuine' });
});

describe('mended by one repair', () => {
  test.each<[string, string | Buffer, RegExp, Around?]>([
    // what happened                              the file                                                          what the doctor says
    ['+ in the sign became a space', formOf(plussed()).replaceAll('%2B', '+'), /`\+` in the sign/],
    ['+ in a value became a space', mangled(only(['subject'], (text) => text.replace('+', ' '))), /`\+` in a value/],
    [
      '+ in every value became a space',
      mangled(but(['sign', ...TIMES], (text) => text.replaceAll('+', ' '))),
      /`\+` in a value/,
    ],
    ['encoded twice', mangled((text) => encodeURIComponent(text)), /encoded twice/],
    ['values HTML-escaped', mangled(escapeHtml), /values were HTML-escaped/],
    ['the whole body HTML-escaped', escapeHtml(notice(PAID).toString()), /whole body was HTML-escaped/],
    ['backslashes added', mangled((text) => text.replaceAll('"', '\\"')), /backslashes/],
    [
      'already decoded',
      Object.entries(signed(PAID))
        .map(([name, value]) => `${name}=${value}`)
        .join('&'),
      /decoded before it was kept/,
    ],
    ['turned into JSON', JSON.stringify(signed(RICH)), /turned into JSON/],
    ['query of the notify_url mixed in', `${notice(RICH)}&shop=7`, /notify_url/, { queryNames: ['shop'] }],
    ['unknown parameters mixed in', `shop=7&${notice(RICH)}`, /notify_url/],
    ['GBK converted to UTF-8', formOf(signed(gbk, 'gbk')), /GBK was read/],
    ['UTF-8 converted to GBK', formOf(signed(PAID), 'gbk'), /UTF-8 was read as if it were GBK, or/],
    ['UTF-8 read as Latin-1', mangled((text) => Buffer.from(text).toString('latin1')), /mojibake/],
    [
      'JSON inside written with spaces',
      mangled(only(['fund_bill_list'], (text) => text.replaceAll(',', ', ').replaceAll(':', ': '))),
      /parsed and written again/,
    ],
    [
      'JSON inside written with a number',
      mangled(only(['fund_bill_list'], (text) => text.replace('"8.88"', '8.88'))),
      /parsed and written again/,
    ],
    [
      'JSON inside in another order',
      mangled(only(['fund_bill_list'], () => '[{"fundChannel":"ALIPAYACCOUNT","amount":"8.88"}]')),
      /parsed and written again/,
    ],
    ['amounts without their zeros', mangled((text) => (text === '8.80' ? '8.8' : text)), /lost their zeros/],
    ['an empty value that was not signed', `${notice(RICH)}&gmt_close=`, /empty values are there/],
    [
      'an empty value that is missing',
      mangled((text) => text, { ...RICH, gmt_close: '' }).replace('&gmt_close=', ''),
      /empty value was dropped/,
    ],
    ['a value trimmed', mangled((text) => text.trim()), /trimmed/],
    ['line ends rewritten', mangled((text) => text.replaceAll('\r\n', '\n'), { ...RICH, body: 'a\r\nb' }), /line ends/],
    ['signed with sign_type', notice({ ...PAID, sign_type: 'RSA2' }), /sign_type is kept/],
    ['signed with SHA-1', notice(PAID, { algorithm: 'sha1', signType: 'RSA' }), /SHA-1/],
  ])('%s', (_, file, says, around) => {
    const { kind, causes } = examine(file, around);
    expect({ kind, causes }).toEqual({ kind: 'mended', causes: [expect.stringMatching(says)] });
  });
});

test('two things at once are both named', () => {
  const both = mangled((value, name) => escapeHtml(name === 'body' ? value.trim() : value));
  expect(examine(`${both}&shop=7`).causes).toEqual([
    expect.stringContaining('notify_url'),
    expect.stringContaining('HTML-escaped'),
    expect.stringContaining('trimmed'),
  ]);
  const json = JSON.stringify({ ...signed(gbk, 'gbk'), shop: '7' });
  expect(examine(json).causes).toEqual([
    expect.stringContaining('JSON'),
    expect.stringContaining('notify_url'),
    expect.stringContaining('GBK'),
  ]);
});

describe('the key', () => {
  const SWAPPED: Candidate = { ...CONFIGURED, key: app.publicKey };
  const GIVEN: Candidate = { label: '--key alipay.pem', role: 'given', key: alipay.publicKey };

  test("the application's own key in place of Alipay's is named, with and without the right one at hand", () => {
    expect(examine(notice(PAID), { candidates: [SWAPPED, OWN] })).toMatchObject({
      kind: 'other_key',
      causes: [expect.stringContaining("your application's own public key")],
    });
    expect(examine(notice(PAID), { candidates: [SWAPPED, OWN, GIVEN] })).toMatchObject({
      kind: 'mended',
      causes: [
        expect.stringContaining("application's own"),
        expect.stringContaining('--key alipay.pem, not ALI_PUBLIC_KEY'),
      ],
    });
  });

  test("a message signed with one's own key never came from Alipay", () => {
    const { kind, causes } = examine(notice(PAID, { key: app.privateKey }));
    expect({ kind, causes }).toEqual({ kind: 'mended', causes: [expect.stringContaining('Alipay did not send it')] });
  });

  test("a stranger's key is nobody's, and the application that the message is for says whose", () => {
    const { kind, causes, suspicions } = examine(notice({ ...PAID, app_id: '9021' }, { key: stranger.privateKey }));
    expect({ kind, causes }).toEqual({ kind: 'other_key', causes: [] });
    expect(suspicions).toEqual([expect.stringContaining('for application 9021')]);
  });

  test('a key is found although the content is beyond repair', () => {
    const changed = mangled(only(['total_amount'], () => '0.01'));
    expect(examine(changed)).toMatchObject({ kind: 'altered', key: 'ALI_PUBLIC_KEY', causes: [] });
  });
});

describe('what no repair mends', () => {
  test.each<[string, string | Buffer, Around, string[]]>([
    ['cut before the sign', formOf(PAID), { contentLength: 5_000 }, ['5000', 'no field `sign`']],
    [
      'cut within the sign',
      notice(PAID)
        .toString()
        .replace(/(sign=.{40}).*/, '$1'),
      {},
      ['cut off', 'sign_type'],
    ],
    ['decoded with the wrong charset', mangled((text) => text.replaceAll('茶', '\ufffd')), {}, ['U+FFFD']],
    ['a field twice', `${notice(PAID)}&total_amount=8.88`, {}, ['more than once']],
    ['nothing', '', {}, ['no field `sign`']],
  ])('%s', (_, file, around, says) => {
    const { kind, suspicions } = examine(file, around);
    expect(kind).not.toMatch(/genuine|mended/);
    for (const text of says) expect(suspicions.join('\n')).toContain(text);
  });

  test('a hopeless message is given up within seconds', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x${n}`, 'a b c "d" +']));
    const startedAt = performance.now();
    expect(
      examine(
        mangled(
          only(['total_amount'], () => '1'),
          { ...RICH, ...many },
        ),
      ).kind,
    ).toBe('altered');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

test('any bytes at all are examined without throwing', () => {
  const whole = notice(RICH);
  for (let cut = 0; cut < whole.length; cut += 37) {
    const broken = Buffer.from(whole.subarray(0, cut));
    const { kind, suspicions } = examine(broken);
    // With nothing but the end of sign_type lost, all that was signed is there.
    if (kind === 'genuine' || kind === 'mended') expect(suspicions.join()).toContain('sign_type');
    else expect(kind).toMatch(/^(unsigned|other_key|altered)$/);
  }
  expect(examine(iconv.encode('{"sign":"茶"', 'gbk')).kind).toBe('unsigned');
});
