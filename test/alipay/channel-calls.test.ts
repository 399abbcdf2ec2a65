// What every call has in common: which answers are definite, which leave us in doubt, and which say that nothing was sent.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlipayChannel, alipayChannel, type FinishedCall } from '../../src/alipay/channel.ts';
import type { GatewayLimits } from '../../src/alipay/gateway.ts';
import type { ChannelAnswer } from '../../src/orders/ports.ts';
import {
  CANCEL,
  CLOSE,
  type FakeGateway,
  fakeGateway,
  PAY,
  PRECREATE,
  QUERY,
  REFUND,
  REFUND_QUERY,
  says,
  saysLate,
  signedAnswer,
  signedText,
  silence,
} from './fake-gateway.ts';
import { accountFor, app, stranger } from './keys.ts';
import { AUTH_CODE, REQUEST, TRADE_NO } from './payment-request.ts';

const ok = { code: '10000', msg: 'Success', out_trade_no: 'order-1', trade_no: TRADE_NO };
const REFUND_REQUEST = { outTradeNo: 'order-1', refundNo: 'refund-1', amountFen: 300n, reason: null };

interface Row {
  readonly node: string;
  readonly ask: (channel: AlipayChannel) => Promise<ChannelAnswer<unknown>>;
  /** An answer that says yes. */
  readonly yes: object;
  /** A sub_code that says no. */
  readonly no: string;
}

const rows: Readonly<Record<string, Row>> = {
  precreate: {
    node: PRECREATE,
    ask: (channel) => channel.precreate(REQUEST),
    yes: { ...ok, qr_code: 'https://qr.alipay.com/bax1' },
    no: 'TRADE_HAS_CLOSE',
  },
  pay: {
    node: PAY,
    ask: (channel) => channel.pay({ ...REQUEST, authCode: AUTH_CODE }),
    yes: { ...ok, total_amount: '8.88', gmt_payment: '2026-11-23 10:00:05' },
    no: 'PAYMENT_AUTH_CODE_INVALID',
  },
  query: {
    node: QUERY,
    ask: (channel) => channel.query('order-1'),
    yes: { ...ok, total_amount: '8.88', trade_status: 'WAIT_BUYER_PAY' },
    no: 'TRADE_NOT_EXIST',
  },
  close: { node: CLOSE, ask: (channel) => channel.close('order-1'), yes: ok, no: 'REASON_TRADE_STATUS_INVALID' },
  cancel: {
    node: CANCEL,
    ask: (channel) => channel.cancel('order-1'),
    yes: { ...ok, retry_flag: 'N', action: 'close' },
    no: 'TRADE_CANCEL_TIME_OUT',
  },
  refund: {
    node: REFUND,
    ask: (channel) => channel.refund(REFUND_REQUEST),
    yes: { ...ok, fund_change: 'Y', refund_fee: '3.00' },
    no: 'SELLER_BALANCE_NOT_ENOUGH',
  },
  queryRefund: {
    node: REFUND_QUERY,
    ask: (channel) => channel.queryRefund(REFUND_REQUEST),
    yes: { ...ok, out_request_no: 'refund-1', refund_amount: '3.00', refund_status: 'REFUND_SUCCESS' },
    no: 'INVALID_PARAMETER',
  },
};

let gateway: FakeGateway;
let channel: AlipayChannel;
const calls: FinishedCall[] = [];
const cleanups: (() => Promise<void>)[] = [];

const channelTo = (url: string, limits: Partial<GatewayLimits> = {}) =>
  alipayChannel({
    account: accountFor(url),
    notifyUrl: 'https://shop.example/n',
    limits,
    onCall: (call) => calls.push(call),
  });

beforeAll(async () => {
  gateway = await fakeGateway();
});
beforeEach(() => {
  calls.length = 0;
  channel = channelTo(gateway.url);
  cleanups.push(channel.disconnect);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
afterAll(() => gateway.close());

describe.each(Object.entries(rows))('%s', (_, { node, ask, yes, no }) => {
  const refused = { code: '40004', msg: 'Business Failed', sub_code: `ACQ.${no}`, out_trade_no: 'order-1' };
  const apiError = { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-app-id' };
  const busy = { code: '20000', msg: 'Service Currently Unavailable', sub_code: 'isp.unknow-error' };
  const bare = (fields: object) => JSON.stringify({ [node]: fields });
  const badly = (fields: object) => signedText(node, JSON.stringify(fields), stranger.privateKey);
  const byUs = (fields: object) => signedText(node, JSON.stringify(fields), app.privateKey);
  const said = (fields: object) => signedAnswer(node, fields);

  test.each<[string, string, object]>([
    ['yes', said(yes), { kind: 'accepted', bytes: Buffer.from(said(yes)) }],
    ['yes, unsigned', bare(yes), { kind: 'unknown' }],
    ['yes, wrongly signed', badly(yes), { kind: 'unknown' }],
    ['yes, signed by ourselves', byUs(yes), { kind: 'unknown' }],
    ['yes, of another number', said({ ...yes, out_trade_no: 'order-2' }), { kind: 'unknown' }],
    ['no', said(refused), { kind: 'rejected', subCode: no }],
    ['no, without the prefix', said({ ...refused, sub_code: no }), { kind: 'rejected', subCode: no }],
    ['no, unsigned', bare(refused), { kind: 'unknown' }],
    ['no, wrongly signed', badly(refused), { kind: 'unknown' }],
    ['no, of another number', said({ ...refused, out_trade_no: 'order-2' }), { kind: 'unknown' }],
    ['the call itself refused, unsigned', bare(apiError), { kind: 'rejected', subCode: 'invalid-app-id' }],
    ['20000', said(busy), { kind: 'unknown' }],
    ['20000, unsigned', bare(busy), { kind: 'unknown' }],
    ['SYSTEM_ERROR', said({ ...refused, sub_code: 'ACQ.SYSTEM_ERROR' }), { kind: 'unknown' }],
    ['a code that nobody knows', said({ ...yes, code: '10009' }), { kind: 'unknown' }],
    ['nonsense', '<html>busy</html>', { kind: 'unknown' }],
  ])('%s', async (_, text, expected) => {
    gateway.answer = says(text);
    const answer = await ask(channel);
    expect(answer).toMatchObject(expected);
    expect(calls).toMatchObject([{ outcome: answer.kind }]);
  });

  test('a no is told in English and in Chinese', async () => {
    gateway.answer = says(said(refused));
    expect(await ask(channel)).toEqual({
      kind: 'rejected',
      subCode: no,
      message: expect.stringMatching(/^[A-Z]/),
      messageZh: expect.stringMatching(/^\p{Script=Han}/u),
    });
  });

  test('silence is unknown', async () => {
    gateway.answer = silence;
    const impatient = channelTo(gateway.url, { totalTimeoutMs: 150, payTimeoutMs: 150 });
    cleanups.push(impatient.disconnect);
    expect(await ask(impatient)).toMatchObject({ kind: 'unknown' });
  });

  test('nobody there: not sent', async () => {
    const gone = await fakeGateway();
    await gone.close();
    const lost = channelTo(gone.url);
    cleanups.push(lost.disconnect);
    for (let i = 0; i < 5; i += 1) expect(await ask(lost)).toEqual({ kind: 'not_sent', reason: 'ECONNREFUSED' });
    expect(await ask(lost)).toEqual({ kind: 'not_sent', reason: 'Alipay cannot be reached' });
  });
});

test('a payment code is waited for longer than anything else', async () => {
  const limits = { totalTimeoutMs: 200, payTimeoutMs: 5_000 };
  for (const [name, { node, ask, yes }] of Object.entries(rows)) {
    const patient = channelTo(gateway.url, limits);
    cleanups.push(patient.disconnect);
    gateway.answer = saysLate(signedAnswer(node, yes), 400);
    expect(await ask(patient), name).toMatchObject({ kind: name === 'pay' ? 'accepted' : 'unknown' });
  }
});
