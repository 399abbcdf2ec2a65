import { sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlipayChannel, alipayChannel, type FinishedCall } from '../../src/alipay/channel.ts';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { type FakeGateway, fakeGateway, PRECREATE, QUERY, says, signedAnswer, signedText } from './fake-gateway.ts';
import { APP_ID, accountFor, alipay, app, stranger } from './keys.ts';
import { REQUEST } from './payment-request.ts';

const QR = 'https://qr.alipay.com/bax00000000000000001';
const ok = { code: '10000', msg: 'Success', out_trade_no: 'order-1' };
const offered = { ...ok, qr_code: QR };
const trade = { ...ok, trade_no: '2026112322001400000000000001', total_amount: '8.88' };
const calls: FinishedCall[] = [];

let gateway: FakeGateway;
let channel: AlipayChannel;

beforeAll(async () => {
  gateway = await fakeGateway();
  channel = alipayChannel({
    account: accountFor(gateway.url),
    notifyUrl: 'https://shop.example/alipay/notify',
    now: () => new Date('2026-11-23T02:00:05Z'),
    onCall: (call) => calls.push(call),
    limits: { totalTimeoutMs: 5_000 },
  });
});
beforeEach(() => {
  gateway.asked.length = 0;
  calls.length = 0;
});
afterAll(async () => {
  await channel.disconnect();
  await gateway.close();
});

const precreate = (text: string | Buffer, request = REQUEST) => {
  gateway.answer = says(text);
  return channel.precreate(request);
};
const query = (text: string) => {
  gateway.answer = says(text);
  return channel.query('order-1');
};
const asked = () => {
  const [first] = gateway.asked;
  if (first === undefined) throw new Error('nothing was asked');
  return first;
};

describe('what goes out', () => {
  test('a precreate, field by field', async () => {
    await precreate(signedAnswer(PRECREATE, offered));
    const { sign: signature, ...common } = Object.fromEntries(asked().query);
    expect(common).toEqual({
      app_id: APP_ID,
      method: 'alipay.trade.precreate',
      charset: 'utf-8',
      version: '1.0',
      sign_type: 'RSA2',
      timestamp: '2026-11-23 10:00:05',
      notify_url: 'https://shop.example/alipay/notify',
    });
    expect([...asked().form.keys()]).toEqual(['biz_content']);
    expect(asked().bizContent).toEqual({
      out_trade_no: 'order-1',
      total_amount: '8.88',
      subject: REQUEST.subject,
      time_expire: '2026-11-23 11:00:00',
    });
    expect(signature).toMatch(/^[\w+/]+=*$/);
  });

  test('signed with our key over query and body', async () => {
    await precreate(signedAnswer(PRECREATE, offered));
    const { sign: signature = '', ...fields } = Object.fromEntries([...asked().query, ...asked().form]);
    const canonical = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = canonical.map(([name, value]) => `${name}=${value}`).join('&');
    expect(verify('sha256', Buffer.from(text), app.publicKey, Buffer.from(signature, 'base64'))).toBe(true);
  });

  test('store, terminal, operator and body when there are some; never an empty string', async () => {
    const at = { storeId: 'store-1', terminalId: 'till-2', operatorId: 'op-3', body: 'hot' };
    await precreate(signedAnswer(PRECREATE, offered), { ...REQUEST, ...at });
    expect(asked().bizContent).toMatchObject({
      store_id: 'store-1',
      terminal_id: 'till-2',
      operator_id: 'op-3',
      body: 'hot',
    });
    gateway.asked.length = 0;
    await precreate(signedAnswer(PRECREATE, offered), { ...REQUEST, storeId: '', body: '', amountFen: 1n });
    expect(Object.keys(asked().bizContent)).toEqual(['out_trade_no', 'total_amount', 'subject', 'time_expire']);
    expect(asked().bizContent.total_amount).toBe('0.01');
  });

  test('a query asks for the number and has no notify_url', async () => {
    await query(signedAnswer(QUERY, { ...trade, trade_status: 'WAIT_BUYER_PAY' }));
    expect(asked().bizContent).toEqual({ out_trade_no: 'order-1' });
    expect(asked().query.has('notify_url')).toBe(false);
  });

  test('connections are kept', async () => {
    for (let i = 0; i < 20; i += 1) await precreate(signedAnswer(PRECREATE, offered));
    // A second one may open while the first still reads its last byte.
    expect(new Set(gateway.asked.map(({ remotePort }) => remotePort)).size).toBeLessThanOrEqual(2);
  });
});

describe('an accepted precreate', () => {
  test('gives the code and, as evidence, the answer as it came', async () => {
    const text = signedAnswer(PRECREATE, offered);
    expect(await precreate(text)).toEqual({
      kind: 'accepted',
      value: { qrContent: QR },
      bytes: Buffer.from(text),
      keyId: fingerprintOf(alipay.publicKey),
    });
    expect(calls).toEqual([{ method: 'alipay.trade.precreate', outcome: 'accepted', ms: expect.any(Number) }]);
  });

  test('one thing said of another number, or without a usable code, is unknown', async () => {
    expect(await precreate(signedAnswer(PRECREATE, { ...offered, out_trade_no: 'order-2' }))).toMatchObject({
      kind: 'unknown',
    });
    expect(await precreate(signedAnswer(PRECREATE, { code: '10000', qr_code: QR }))).toMatchObject({ kind: 'unknown' });
    for (const qr_code of [undefined, '', 7, { url: QR }, 'x'.repeat(1025)])
      expect(await precreate(signedAnswer(PRECREATE, { ...offered, qr_code }))).toMatchObject({ kind: 'unknown' });
  });
});

describe('a query', () => {
  const paid = { state: 'paid', paidAt: new Date('2026-11-23T02:00:05Z'), amountFen: 888n, sellerMatches: true };
  const send_pay_date = '2026-11-23 10:00:05';
  test.each<[string, object, object]>([
    ['waiting', { trade_status: 'WAIT_BUYER_PAY' }, { state: 'awaiting_buyer', paidAt: null, refund: null }],
    ['paid', { trade_status: 'TRADE_SUCCESS', send_pay_date }, { ...paid, refund: null }],
    ['finished', { trade_status: 'TRADE_FINISHED', send_pay_date }, { ...paid, refund: null }],
    ['closed', { trade_status: 'TRADE_CLOSED' }, { state: 'closed', refund: null }],
    [
      'paid and given back',
      { trade_status: 'TRADE_CLOSED', send_pay_date },
      { ...paid, refund: { totalFen: 888n, refundNo: null, refundedAt: null } },
    ],
  ])('%s', async (_, fields, fact) => {
    expect(await query(signedAnswer(QUERY, { ...trade, ...fields }))).toMatchObject({ kind: 'accepted', value: fact });
  });

  test.each<[string, object]>([
    ['no trade_no', { trade_no: undefined, trade_status: 'TRADE_SUCCESS' }],
    ['no amount', { total_amount: undefined, trade_status: 'TRADE_SUCCESS' }],
    ['an amount that is a number', { total_amount: 8.88, trade_status: 'TRADE_SUCCESS' }],
    ['an unheard-of status', { trade_status: 'TRADE_PENDING' }],
  ])('%s: unknown', async (_, fields) => {
    expect(await query(signedAnswer(QUERY, { ...trade, ...fields }))).toMatchObject({ kind: 'unknown' });
  });

  test('a number that nobody scanned', async () => {
    const fields = {
      code: '40004',
      sub_code: 'ACQ.TRADE_NOT_EXIST',
      sub_msg: '交易不存在',
      out_trade_no: 'order-1',
      receipt_amount: '0.00',
    };
    expect(await query(signedAnswer(QUERY, fields))).toMatchObject({ kind: 'rejected', subCode: 'TRADE_NOT_EXIST' });
  });

  test('a refusal of another number is none of this one', async () => {
    const fields = { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST', out_trade_no: 'order-2' };
    expect(await query(signedAnswer(QUERY, fields))).toMatchObject({ kind: 'unknown' });
  });
});

describe('signatures', () => {
  const business = JSON.stringify({ code: '40004', sub_code: 'ACQ.TRADE_HAS_CLOSE' });
  const api = JSON.stringify({ code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-app-id' });
  const good = JSON.stringify(offered);
  const bare = (node: string, json: string, rest = '') => `{"${node}":${json}${rest}}`;
  const badly = (node: string, json: string) => signedText(node, json, stranger.privateKey);

  test.each<[string, string, object]>([
    ['accepted, unsigned', bare(PRECREATE, good), { kind: 'unknown' }],
    ['accepted, empty sign', bare(PRECREATE, good, ',"sign":""'), { kind: 'unknown' }],
    ['accepted, sign no text', bare(PRECREATE, good, ',"sign":7'), { kind: 'unknown' }],
    ['accepted, a stranger’s sign', badly(PRECREATE, good), { kind: 'unknown' }],
    ['accepted, our own sign', signedText(PRECREATE, good, app.privateKey), { kind: 'unknown' }],
    ['business refusal, signed', signedText(PRECREATE, business), { kind: 'rejected', subCode: 'TRADE_HAS_CLOSE' }],
    ['business refusal, unsigned', bare(PRECREATE, business), { kind: 'unknown' }],
    ['business refusal, badly signed', badly(PRECREATE, business), { kind: 'unknown' }],
    ['API error, signed', signedText(PRECREATE, api), { kind: 'rejected', subCode: 'invalid-app-id' }],
    ['API error, unsigned', bare(PRECREATE, api), { kind: 'rejected', subCode: 'invalid-app-id' }],
    ['API error, empty sign', bare(PRECREATE, api, ',"sign":""'), { kind: 'rejected', subCode: 'invalid-app-id' }],
    ['API error, badly signed', badly(PRECREATE, api), { kind: 'unknown' }],
    ['error_response, unsigned', bare('error_response', api), { kind: 'rejected', subCode: 'invalid-app-id' }],
    ['error_response, signed', signedText('error_response', api), { kind: 'rejected', subCode: 'invalid-app-id' }],
    ['error_response, badly signed', badly('error_response', api), { kind: 'unknown' }],
    ['error_response, 40004, unsigned', bare('error_response', business), { kind: 'unknown' }],
    ['error_response, accepted, unsigned', bare('error_response', good), { kind: 'unknown' }],
  ])('%s', async (_, text, expected) => expect(await precreate(text)).toMatchObject(expected));

  test('only the characters that were signed are read', async () => {
    const genuine = JSON.stringify({ ...trade, trade_status: 'WAIT_BUYER_PAY' });
    const forged = JSON.stringify({ ...trade, trade_status: 'TRADE_SUCCESS' });
    const signature = sign('sha256', Buffer.from(genuine), alipay.privateKey).toString('base64');
    // JSON takes the last of two equal keys, and this one is spelt so that the SDK does not find it.
    const hidden = QUERY.replace('_r', '_\\u0072');
    const text = `{"${QUERY}":${genuine},"sign":"${signature}","${hidden}":${forged}}`;
    expect(JSON.parse(text)[QUERY].trade_status).toBe('TRADE_SUCCESS');
    expect(await query(text)).toMatchObject({ kind: 'accepted', value: { state: 'awaiting_buyer' } });
  });

  test('whatever is broken in an answer, nothing but its own words is ever accepted', async () => {
    const fields = { ...trade, trade_status: 'TRADE_SUCCESS', send_pay_date: '2026-11-23 10:00:05' };
    const text = signedAnswer(QUERY, fields);
    const genuine = await query(text);
    const value = genuine.kind === 'accepted' && genuine.value;
    const [start, end] = [text.indexOf('{', 1), text.indexOf('"sign"') - 1];
    const spliced = fc.record({ at: fc.nat(text.length), drop: fc.nat(4), put: fc.string({ maxLength: 6 }) });
    await fc.assert(
      fc.asyncProperty(spliced, async ({ at, drop, put }) => {
        const broken = text.slice(0, at) + put + text.slice(at + drop);
        const said = await query(broken);
        expect(said.kind).not.toBe('rejected');
        if (said.kind !== 'accepted') return;
        expect(said.value).toEqual(value);
        expect(broken).toContain(text.slice(start, end));
      }),
      { numRuns: 600 },
    );
  });
});
