import { describe, expect, test, vi } from 'vitest';
import type { OrderStatus } from '../../src/orders/order.ts';
import { payByAuthCode } from '../../src/orders/pay-by-auth-code.ts';
import type { PaymentStatus } from '../../src/orders/payment.ts';
import type { ChannelAnswer } from '../../src/orders/ports.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, orderIn } from '../support/orders.ts';
import { AUTH_CODE, aShop, secondsAfterNoon } from './shop.ts';

const OTHER_CODE = '289999999999999999';
const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const CLOSED = accepted(aFact({ state: 'closed', paidAt: null }));
const NONE = rejectedWith('TRADE_NOT_EXIST');
const LATER = expect.stringMatching(/^[0-9a-f]{32}_0{27}2$/);

function aTill(script: Script = {}, order = anOrder()) {
  const shop = aShop(script, order);
  const scan = (authCode = AUTH_CODE) => payByAuthCode(shop.desk, { ...shop.asked, authCode });
  return { ...shop, scan };
}

describe('the answer', () => {
  // biome-ignore format: a table
  test.each<[string, Script, PaymentStatus, OrderStatus, string]>([
    ['paid',                         { pay: [PAID] },                                                  'SUCCEEDED',      'PAID',    'payment.succeeded'],
    ['the phone asks for a password', { pay: [AWAITING] },                                             'AWAITING_BUYER', 'PENDING', 'payment.started'],
    ['unknown',                      { pay: [UNKNOWN] },                                               'UNKNOWN',        'PENDING', 'payment.unknown'],
    ['the code is not valid',        { pay: [rejectedWith('PAYMENT_AUTH_CODE_INVALID')] },             'FAILED',         'PENDING', 'payment.failed'],
    ['the buyer has too little',     { pay: [rejectedWith('BUYER_BALANCE_NOT_ENOUGH')] },              'FAILED',         'PENDING', 'payment.failed'],
    ['the phone can\'t be reached',  { pay: [rejectedWith('PULL_MOBILE_CASHIER_FAIL')] },              'FAILED',         'PENDING', 'payment.failed'],
    ['too great a risk',             { pay: [rejectedWith('PAYMENT_REQUEST_HAS_RISK')] },              'FAILED',         'PENDING', 'payment.failed'],
    ['paid already, says the query', { pay: [rejectedWith('TRADE_HAS_SUCCESS')], query: [PAID] },      'SUCCEEDED',      'PAID',    'payment.succeeded'],
    ['paid already, no more is known', { pay: [rejectedWith('TRADE_HAS_SUCCESS')], query: [UNKNOWN] }, 'CREATED',        'PENDING', ''],
    ['the number is closed',         { pay: [rejectedWith('TRADE_HAS_CLOSE')] },                       'FAILED',         'PENDING', 'payment.failed'],
    ['another amount was paid',      { pay: [accepted(aFact({ amountFen: 1n }))] },                    'CREATED',        'PENDING', 'case.opened'],
  ])('%s', async (_, script, payment, status, types) => {
    const till = aTill(script);
    expect(await till.scan()).toMatchObject({ kind: 'payment', payment: { method: 'AUTH_CODE', status: payment } });
    expect(till.order()).toMatchObject({ status });
    expect(till.types()).toBe(['payment.started', types].filter(Boolean).join(' '));
  });

  test('a refusal says why, to a cashier, in both languages', async () => {
    const till = aTill({ pay: [rejectedWith('BUYER_BALANCE_NOT_ENOUGH')] });
    const { subCode, message, messageZh } = rejectedWith('BUYER_BALANCE_NOT_ENOUGH');
    expect(await till.scan()).toMatchObject({ payment: { failure: { subCode, message, messageZh } } });
  });

  test('nothing was sent: the channel is not there, and the payment has failed', async () => {
    const till = aTill({ pay: [NOT_SENT] });
    expect(await till.scan()).toEqual({ kind: 'channel_unavailable' });
    expect(till.order().payments).toMatchObject([{ status: 'FAILED', failure: { subCode: null } }]);
  });

  test('nothing was sent: the same code may be scanned again', async () => {
    const till = aTill({ pay: [NOT_SENT, PAID] });
    await till.scan();
    expect(await till.scan()).toMatchObject({ payment: { status: 'SUCCEEDED', outTradeNo: 'A-1' } });
  });

  test('the payment is written before the channel is asked, with its deadline, and the code is not kept', async () => {
    const till = aTill({
      pay: [
        async (request) => {
          expect(request).toMatchObject({ outTradeNo: 'A-1', amountFen: 999n, subject: 'Tea', authCode: AUTH_CODE });
          expect(till.order().payments).toMatchObject([
            { status: 'CREATED', outTradeNo: 'A-1', cancelAt: secondsAfterNoon(45), offer: null },
          ]);
          return PAID;
        },
      ],
    });
    await till.scan();
    expect(till.order().payments).toMatchObject([{ codeHash: `hash of ${AUTH_CODE}` }]);
    expect(till.store.events.map(({ data }) => data).join()).not.toContain(AUTH_CODE);
    expect(till.store.recorded).toMatchObject([{ kind: 'answer', verdict: 'applied' }]);
  });

  test('after nine seconds the till hears how it stands; what comes then is written all the same', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const slow = Promise.withResolvers<ChannelAnswer<ReturnType<typeof aFact>>>();
      const till = aTill({ pay: [() => slow.promise] });
      const scanned = till.scan();
      await vi.advanceTimersByTimeAsync(9_000);
      expect(await scanned).toMatchObject({ kind: 'payment', payment: { status: 'UNKNOWN' } });
      slow.resolve(PAID);
      await vi.waitFor(() => expect(till.order().status).toBe('PAID'));
    } finally {
      vi.useRealTimers();
    }
  });

  test('what is open is not closed within nine seconds: unresolved, and the code is not sent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const slow = Promise.withResolvers<ReturnType<typeof rejectedWith>>();
      const till = aTill({ query: [() => slow.promise] }, anOrder({ payments: [aPayment()] }));
      const scanned = till.scan();
      await vi.advanceTimersByTimeAsync(9_000);
      expect(await scanned).toEqual({ kind: 'payment_unresolved' });
      slow.resolve(NONE);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(till.channel.calls).toEqual(['query']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('scanned again', () => {
  test.each<[string, ChannelAnswer<ReturnType<typeof aFact>>]>([
    ['paid', PAID],
    ['in doubt', UNKNOWN],
    ['refused', rejectedWith('PAYMENT_FAIL')],
  ])('the same code, %s: the same payment, and no second call', async (_, answer) => {
    const till = aTill({ pay: [answer] });
    const first = await till.scan();
    expect(await till.scan()).toEqual(first);
    expect(till.channel.calls).toEqual(['pay']);
  });

  test('another code while the first is in doubt: unresolved, and no call', async () => {
    for (const answer of [UNKNOWN, AWAITING]) {
      const till = aTill({ pay: [answer] });
      await till.scan();
      expect(await till.scan(OTHER_CODE)).toEqual({ kind: 'payment_unresolved' });
      expect(till.channel.calls).toEqual(['pay']);
    }
  });

  test('two codes at the same moment: one is collected', async () => {
    const till = aTill({ pay: [PAID] });
    const kinds = (await Promise.all([till.scan(), till.scan(OTHER_CODE)])).map(({ kind }) => kind);
    expect(kinds).toEqual(['payment', 'payment_unresolved']);
    expect(till.channel.calls).toEqual(['pay']);
  });

  test('another code after a refusal: a new payment under the same number', async () => {
    const till = aTill({ pay: [rejectedWith('PAYMENT_AUTH_CODE_INVALID'), PAID] });
    await till.scan();
    expect(await till.scan(OTHER_CODE)).toMatchObject({ payment: { status: 'SUCCEEDED', outTradeNo: 'A-1' } });
    expect(till.order().payments.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
  });

  test('another code after the number was found closed: a later number', async () => {
    const paid = async ({ outTradeNo }: { outTradeNo: string }) => accepted(aFact({ outTradeNo }));
    const till = aTill({ pay: [rejectedWith('TRADE_HAS_CLOSE'), paid] });
    await till.scan();
    expect(await till.scan(OTHER_CODE)).toMatchObject({ payment: { status: 'SUCCEEDED', outTradeNo: LATER } });
  });

  // Dossier 2.5: the old one is asked about; a new number only when it is over.
  // biome-ignore format: a table
  test.each<[string, Script, typeof LATER, string]>([
    ['closed',             { query: [CLOSED] },                                        LATER, 'pay query pay'],
    ['open: it is closed', { query: [AWAITING], close: [accepted(null)] },             LATER, 'pay query close pay'],
    ['paid otherwise',     { query: [accepted(aFact({ amountFen: 1n }))] },            LATER, 'pay query pay'],
    ['not known',          { query: [UNKNOWN] },                                       'A-1', 'pay query pay'],
    ['nothing',            { query: [NONE] },                                          'A-1', 'pay query pay'],
  ])('another code after the number held other details, which are %s', async (_, script, outTradeNo, calls) => {
    const till = aTill({ pay: [rejectedWith('CONTEXT_INCONSISTENT'), UNKNOWN], ...script });
    expect(await till.scan()).toMatchObject({ payment: { status: 'FAILED' } });
    expect(await till.scan(OTHER_CODE)).toMatchObject({ payment: { outTradeNo } });
    expect(till.channel.calls.join(' ')).toBe(calls);
  });
});

describe('a QR code is on the screen', () => {
  const shown = () => anOrder({ payments: [aPayment()] });

  // biome-ignore format: a table
  test.each<[string, Script, object, string]>([
    ['nobody has scanned it: it makes room',       { query: [NONE], pay: [PAID] },                                          { payment: { status: 'SUCCEEDED', outTradeNo: 'A-1' } },  'payment.closed payment.started payment.succeeded'],
    ['it was scanned: closed, then a later number', { query: [AWAITING], close: [accepted(null)], pay: [UNKNOWN] },         { payment: { status: 'UNKNOWN', outTradeNo: LATER } },    'payment.started payment.closed payment.started payment.unknown'],
    ['it was paid in time',                        { query: [PAID] },                                                       { kind: 'order_not_payable', status: 'PAID' },            'payment.succeeded'],
    ['paid while it was being closed',             { query: [AWAITING, PAID], close: [rejectedWith('TRADE_STATUS_ERROR')] }, { kind: 'order_not_payable', status: 'PAID' },           'payment.started payment.succeeded'],
    ['what became of it is unknown',               { query: [UNKNOWN] },                                                    { kind: 'payment_unresolved' },                           ''],
    ['it was scanned and does not close',          { query: [AWAITING], close: [UNKNOWN] },                                 { kind: 'payment_unresolved' },                           'payment.started'],
    ['the channel is away',                        { query: [NOT_SENT] },                                                   { kind: 'channel_unavailable' },                          ''],
  ])('%s', async (_, script, outcome, types) => {
    const till = aTill(script, shown());
    expect(await till.scan()).toMatchObject(outcome);
    expect(till.types()).toBe(types);
  });
});

test('somebody else began another way while the QR code was asked about: unresolved, nothing is sent', async () => {
  const till = aTill(
    {
      query: [
        async () => {
          const order = till.order();
          till.store.orders.set(order.id, { ...order, version: 9, payments: [aPayment({ method: 'WAP' })] });
          return NONE;
        },
      ],
    },
    anOrder({ payments: [aPayment()] }),
  );
  expect(await till.scan()).toEqual({ kind: 'payment_unresolved' });
  expect(till.channel.calls).toEqual(['query']);
});

describe('not collected', () => {
  // biome-ignore format: a table
  test.each([
    ['paid already',   orderIn('PAID'),                                        { kind: 'order_not_payable', status: 'PAID', expired: false }],
    ['cancelled',      orderIn('CANCELLED'),                                   { kind: 'order_not_payable', status: 'CANCELLED', expired: false }],
    ['expired',        anOrder({ expiresAt: secondsAfterNoon(0) }),            { kind: 'order_not_payable', status: 'PENDING', expired: true }],
    ['being undone',   anOrder({ undoAt: secondsAfterNoon(0) }),               { kind: 'order_not_payable', status: 'PENDING', expired: false }],
  ])('%s', async (_, order, outcome) => {
    expect(await aTill({}, order).scan()).toEqual(outcome);
  });

  test.each(['', '12345678901234567', '31123456789012345', '2812345678901234567890123', 'fp123'])(
    'no payment code: %s',
    async (code) => expect(await aTill().scan(code)).toMatchObject({ kind: 'invalid_input', field: 'authCode' }),
  );

  test("another merchant's order", async () => {
    const till = aTill();
    const asked = { ...till.asked, merchantId: 'another', authCode: AUTH_CODE };
    expect(await payByAuthCode(till.desk, asked)).toEqual({ kind: 'order_not_found' });
  });
});
