import { sign } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { readNotification } from '../../src/alipay/notification.ts';
import { APP_ID, accountFor, alipay, app, onlyApp, PLACE, pem, SELLER_ID, stranger } from './keys.ts';
import { type Fields, formOf, type Manner, notice, PAID, signatureOf, without } from './notice.ts';

const account = accountFor('https://gateway.example/gateway.do');
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const read = (body: Buffer, contentType: string | undefined = FORM) =>
  readNotification(body, contentType, onlyApp(account));
const readFields = (fields: Fields, manner?: Manner) => read(notice(fields, manner));
const factOf = (fields: Fields) => {
  const answer = readFields(fields);
  return answer.kind === 'verified' ? answer.fact : answer;
};

describe('a verified notification', () => {
  test('becomes a fact', () => {
    expect(readFields(PAID)).toEqual({
      kind: 'verified',
      appId: APP_ID,
      notifyId: PAID.notify_id,
      sellerId: SELLER_ID,
      keyId: fingerprintOf(alipay.publicKey),
      ...PLACE,
      fact: {
        outTradeNo: 'order-1',
        tradeNo: '2026112322001400000000000001',
        amountFen: 888n,
        state: 'paid',
        paidAt: new Date('2026-11-23T02:00:05Z'),
        refund: null,
        sellerMatches: true,
      },
    });
  });

  const refunded = { refund_fee: '3.00', out_biz_no: 'ref-1', gmt_refund: '2026-11-23 11:00:00.314' };
  const figures = { totalFen: 300n, refundNo: 'ref-1', refundedAt: new Date('2026-11-23T03:00:00.314Z') };
  const unpaid = without(PAID, 'gmt_payment');
  test.each<[string, Fields, object]>([
    ['waiting', { ...unpaid, trade_status: 'WAIT_BUYER_PAY' }, { state: 'awaiting_buyer', paidAt: null, refund: null }],
    ['finished is paid', { ...PAID, trade_status: 'TRADE_FINISHED' }, { state: 'paid', refund: null }],
    ['partly refunded', { ...PAID, ...refunded }, { state: 'paid', refund: figures }],
    ['refund_fee 0.00 is none', { ...PAID, refund_fee: '0.00' }, { state: 'paid', refund: null }],
    ['closed, nobody paid', { ...unpaid, trade_status: 'TRADE_CLOSED' }, { state: 'closed', refund: null }],
    ['closed, refund_fee 0.00', { ...unpaid, trade_status: 'TRADE_CLOSED', refund_fee: '0.00' }, { state: 'closed' }],
    [
      'closed with refund_fee',
      { ...unpaid, ...refunded, refund_fee: '8.88', trade_status: 'TRADE_CLOSED' },
      { state: 'paid', refund: { ...figures, totalFen: 888n } },
    ],
    [
      'closed with refund_fee alone',
      { ...unpaid, refund_fee: '8.88', trade_status: 'TRADE_CLOSED' },
      { state: 'paid', refund: { totalFen: 888n, refundNo: null, refundedAt: null } },
    ],
    [
      'closed with gmt_refund alone: all of it',
      { ...unpaid, gmt_refund: '2026-11-23 11:00:00.314', trade_status: 'TRADE_CLOSED' },
      { state: 'paid', refund: { ...figures, totalFen: 888n, refundNo: null } },
    ],
    [
      'closed with gmt_payment alone: all of it',
      { ...PAID, trade_status: 'TRADE_CLOSED' },
      { state: 'paid', refund: { totalFen: 888n, refundNo: null, refundedAt: null } },
    ],
    ['another seller', { ...PAID, seller_id: '2088000000000002' }, { sellerMatches: false }],
    ['no seller', without(PAID, 'seller_id'), { sellerMatches: false }],
  ])('%s', (_, fields, expected) => expect(factOf(fields)).toMatchObject(expected));

  test('any seller will do when none is expected', () => {
    const body = notice(without(PAID, 'seller_id'));
    expect(readNotification(body, FORM, onlyApp({ ...account, sellerId: undefined }))).toMatchObject({
      kind: 'verified',
      sellerId: undefined,
      fact: { sellerMatches: true },
    });
  });
});

describe('a notification that is signed and yet of no use', () => {
  test.each<[string, Fields]>([
    ['no out_trade_no', without(PAID, 'out_trade_no')],
    ['a long out_trade_no', { ...PAID, out_trade_no: 'o'.repeat(65) }],
    ['no trade_no', without(PAID, 'trade_no')],
    ['a trade_no of control characters', { ...PAID, trade_no: '1\u00002' }],
    ['no notify_id', without(PAID, 'notify_id')],
    ['a long notify_id', { ...PAID, notify_id: '1'.repeat(129) }],
    ['no amount', without(PAID, 'total_amount')],
    ['an amount with a sign', { ...PAID, total_amount: '-8.88' }],
    ['an amount with three decimals', { ...PAID, total_amount: '8.880' }],
    ['a refund that is no amount', { ...PAID, refund_fee: 'all' }],
    ['no status', without(PAID, 'trade_status')],
    ['an unheard-of status', { ...PAID, trade_status: 'TRADE_PENDING' }],
  ])('%s', (_, fields) => expect(readFields(fields)).toMatchObject({ kind: 'malformed', appId: APP_ID }));

  test('another application’s', () => {
    expect(readFields({ ...PAID, app_id: '2021000000000002' })).toEqual({ kind: 'foreign_app' });
    expect(readFields(without(PAID, 'app_id'))).toEqual({ kind: 'foreign_app' });
  });
});

describe('what is not verified', () => {
  const genuine = notice(PAID).toString();
  const signature = signatureOf(PAID);
  test.each<[string, string | Buffer, string?]>([
    ['nothing', ''],
    ['an ampersand', '&'],
    ['no signature', formOf({ ...PAID, sign_type: 'RSA2' })],
    ['an empty signature', formOf({ ...PAID, sign: '', sign_type: 'RSA2' })],
    ['a signature in hex', formOf({ ...PAID, sign: 'zz', sign_type: 'RSA2' })],
    ['a + in the signature sent bare', genuine.replaceAll('%2B', '+').replace('sign=', 'sign=+')],
    ['a line break in the signature', formOf({ ...PAID, sign: `${signature}\n`, sign_type: 'RSA2' })],
    ['a stranger’s signature', notice(PAID, { key: stranger.privateKey })],
    ['our own signature', notice(PAID, { key: app.privateKey })],
    ['SHA-1 under RSA', notice(PAID, { algorithm: 'sha1', signType: 'RSA' })],
    ['SHA-1 under RSA2', notice(PAID, { algorithm: 'sha1' })],
    ['no sign_type', formOf({ ...PAID, sign: signature })],
    ['a changed amount', genuine.replace('8.88', '0.01')],
    ['a field more', `${genuine}&refund_fee=8.88`],
    ['a field less', genuine.replace(/&seller_id=\d+/, '')],
    ['a field twice', `${genuine}&total_amount=8.88`],
    ['sign_type twice', `${genuine}&sign_type=RSA2`],
    ['a field twice, once escaped', `${genuine}&total%5Famount=8.88`],
    ['a PHP array', `${genuine}&total_amount%5B%5D=8.88`],
    ['+ read as text', genuine.replaceAll('+', '%2B')],
    ['escaped twice', genuine.replaceAll('%', '%25')],
    ['101 fields', `${genuine}&${Array.from({ length: 101 }, (_, i) => `f${i}=`).join('&')}`],
    ['a megabyte', `${genuine}&f=${'x'.repeat(1_000_000)}`],
    ['JSON', genuine, 'application/json'],
    ['a multipart form', genuine, 'multipart/form-data; boundary=x'],
    ['an unknown charset', notice({ ...PAID, charset: 'utf-16' })],
    ['bytes that are not UTF-8', notice({ ...PAID, subject: '茶' }, { encoding: 'gbk' })],
  ])('%s', (_, body, contentType) => {
    expect(read(Buffer.from(body), contentType)).toMatchObject({ kind: 'unverified' });
  });

  test('fields cut anew out of a signed value', () => {
    const status = 'TRADE_SUCCESS';
    const subject = `tea&total_amount=999.00&trade_no=1&trade_status=${status}&zz=`;
    const fields = { ...without(PAID, 'trade_status', 'version'), trade_status: status, subject };
    const canonical = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${Reflect.get(fields, name)}`)
      .join('&');
    const [head = '', tail = ''] = canonical.split('&zz=');
    const cut = Object.fromEntries(head.split('&').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    const forged = { ...cut, zz: tail, sign: signatureOf(fields), sign_type: 'RSA2' };
    expect(signatureOf({ ...cut, zz: tail })).toBe(forged.sign);
    expect(read(Buffer.from(formOf(forged)))).toMatchObject({ kind: 'unverified' });
  });
});

describe('charsets and escapes', () => {
  test.each(['GBK', 'gbk', 'gb2312'])('%s is verified on its own bytes', (charset) => {
    const fields = { ...PAID, charset, subject: '语雀空间 中文|~' };
    expect(readFields(fields, { encoding: 'gbk' })).toMatchObject({ kind: 'verified', fact: { amountFen: 888n } });
    const signedAsUtf8 = { ...fields, sign: signatureOf(fields), sign_type: 'RSA2' };
    expect(read(Buffer.from(formOf(signedAsUtf8, 'gbk')))).toMatchObject({ kind: 'unverified' });
  });

  test.each<[string, (form: string) => string]>([
    ['space as %20', (form) => form.replaceAll('+', '%20')],
    ['escapes in lower case', (form) => form.replace(/%../g, (code) => code.toLowerCase())],
    ['a bare %', (form) => form.replace('100%25+', '100%+')],
  ])('%s says the same', (_, rewrite) =>
    expect(read(Buffer.from(rewrite(notice(PAID).toString())))).toMatchObject({ kind: 'verified' }),
  );

  test('no content type is judged by the signature', () => {
    expect(readNotification(notice(PAID), undefined, onlyApp(account)).kind).toBe('verified');
  });

  test.each<[string, Manner]>([
    ['signed', {}],
    ['left out of the signature', { covers: (_, value) => value !== '' }],
  ])('empty values %s', (_, manner) =>
    expect(readFields({ ...PAID, refund_fee: '', body: '' }, manner)).toMatchObject({
      kind: 'verified',
      fact: { refund: null },
    }),
  );
});

test('10,000 broken bytes: nothing accepted that says anything else, nothing thrown', () => {
  const genuine = notice(PAID);
  const told = read(genuine);
  const same = (body: Buffer) => new URLSearchParams(body.toString('latin1')).toString();
  let runs = 0;
  fc.assert(
    fc.property(fc.nat(genuine.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const body = Buffer.from(genuine);
      body[at] = (body[at] ?? 0) ^ flip;
      const answer = read(body);
      runs += 1;
      if (answer.kind === 'unverified' || answer.kind === 'foreign_app') return;
      expect(same(body)).toBe(same(genuine)); // %2b for %2B
      expect(answer).toEqual(told);
    }),
    { numRuns: 10_000 },
  );
  expect(runs).toBe(10_000);
});

test('any bytes at all are read without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.option(fc.string(), { nil: undefined }), (bytes, type) => {
      expect(readNotification(Buffer.from(bytes), type, onlyApp(account)).kind).toMatch(/^(unverified|foreign_app)$/);
    }),
  );
});

test('answers as the official SDK does', () => {
  const sdk = new AlipaySdk({
    appId: APP_ID,
    keyType: 'PKCS8',
    privateKey: pem(app.privateKey, 'pkcs8'),
    alipayPublicKey: pem(alipay.publicKey, 'spki'),
  });
  const name = fc.stringMatching(/^[a-z][a-z_]{0,11}$/).filter((one) => one !== 'charset' && !one.startsWith('sign'));
  // Not empty: a message that verifies only without its empty values is ours to believe, not the SDK's.
  const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const fields = fc.dictionary(name, value, { maxKeys: 12, noNullPrototype: true });
  fc.assert(
    fc.property(fields, fields, fc.boolean(), (signed, sent, honest) => {
      const shown = { ...PAID, ...(honest ? signed : sent) };
      const signature = signatureOf({ ...PAID, ...signed });
      const form = { ...shown, sign: signature, sign_type: 'RSA2' };
      const ours = read(Buffer.from(formOf(form))).kind !== 'unverified';
      expect(ours).toBe(sdk.checkNotifySignV2(form));
    }),
    { numRuns: 300 },
  );
});

test('sign_type is no part of what is signed', () => {
  const fields = { ...PAID, sign_type: 'RSA2' };
  const v2 = sign('sha256', Buffer.from(formOf(fields)), alipay.privateKey).toString('base64');
  expect(read(Buffer.from(formOf({ ...fields, sign: v2 }))).kind).toBe('unverified');
  expect(read(Buffer.from(formOf({ ...fields, sign: signatureOf(fields) }))).kind).toBe('unverified');
});
