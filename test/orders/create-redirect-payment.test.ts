import { describe, expect, test } from 'vitest';
import { type CreateRedirectPayment, createRedirectPayment } from '../../src/orders/create-redirect-payment.ts';
import type { PaymentMethod } from '../../src/orders/payment.ts';
import { precreateQrCode } from '../../src/orders/precreate-qr-code.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, orderIn } from '../support/orders.ts';
import { aShop, secondsAfterNoon } from './shop.ts';

const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const CLOSED = accepted(aFact({ state: 'closed', paidAt: null }));
const NONE = rejectedWith('TRADE_NOT_EXIST');
const LATER = expect.stringMatching(/^[0-9a-f]{32}_0{27}2$/);

function aShopFront(script: Script = {}, order = anOrder()) {
  const shop = aShop(script, order);
  const send = (method: PaymentMethod, fields: Partial<CreateRedirectPayment> = {}) =>
    createRedirectPayment(shop.desk, { ...shop.asked, method, returnUrl: null, quitUrl: null, ...fields });
  return { ...shop, send };
}

describe('a way to Alipay', () => {
  test.each(['PAGE', 'WAP', 'APP'] as const)(
    '%s: signed here, nothing is sent, payable as long as the order',
    async (method) => {
      const front = aShopFront();
      expect(await front.send(method)).toMatchObject({
        kind: 'payment',
        payment: {
          method,
          status: 'AWAITING_BUYER',
          outTradeNo: 'A-1',
          offer: `https://alipay.example/${method}/A-1`,
          payableUntil: front.order().expiresAt,
        },
      });
      expect(front.channel.calls).toEqual([]);
      expect(front.types()).toBe('payment.started');
      expect(front.dueInS()).toBe(3);
    },
  );

  test('asked again it is the same one, also when many ask at once', async () => {
    const front = aShopFront();
    const many = await Promise.all(Array.from({ length: 10 }, () => front.send('PAGE')));
    many.push(await front.send('PAGE'));
    expect(new Set(many.map((one) => one.kind === 'payment' && one.payment.id)).size).toBe(1);
    expect(front.types()).toBe('payment.started');
  });

  test('the buyer comes back to the page that was named, else to ours; an app has none', async () => {
    const offered: unknown[] = [];
    const signed = async (method: PaymentMethod, fields: Partial<CreateRedirectPayment> = {}) => {
      const front = aShopFront();
      front.channel.offer = ({ returnUrl, quitUrl }) => {
        offered.push([returnUrl, quitUrl]);
        return 'signed';
      };
      await front.send(method, fields);
    };
    await signed('PAGE');
    await signed('PAGE', { returnUrl: 'https://a.example/done' });
    await signed('WAP', { quitUrl: 'https://a.example/quit' });
    await signed('APP');
    expect(offered).toEqual([
      ['https://shop.example/return', null],
      ['https://a.example/done', null],
      ['https://shop.example/return', 'https://a.example/quit'],
      [null, null],
    ]);
  });

  // biome-ignore format: a table
  test.each<[PaymentMethod, Partial<CreateRedirectPayment>, string]>([
    ['QR_CODE',   {},                                                       'method'],
    ['AUTH_CODE', {},                                                       'method'],
    ['PAGE',      { quitUrl: 'https://a.example' },                         'quitUrl'],
    ['APP',       { returnUrl: 'https://a.example' },                       'returnUrl'],
    ['PAGE',      { returnUrl: 'javascript:alert(1)' },                     'returnUrl'],
    ['PAGE',      { returnUrl: 'https://me:secret@a.example' },             'returnUrl'],
    ['PAGE',      { returnUrl: `https://a.example/${'x'.repeat(256)}` },    'returnUrl'],
    ['WAP',       { quitUrl: '/quit' },                                     'quitUrl'],
  ])('%s with %o: %s is at fault', async (method, fields, field) => {
    expect(await aShopFront().send(method, fields)).toMatchObject({ kind: 'invalid_input', field });
  });
});

describe('switching the method', () => {
  const showing = (method: PaymentMethod) => anOrder({ payments: [aPayment({ method })] });

  // biome-ignore format: a table
  test.each<[string, PaymentMethod, PaymentMethod, Script, object, string]>([
    ['nobody has begun',              'QR_CODE',   'PAGE', { query: [NONE] },                                                        { payment: { method: 'PAGE', outTradeNo: 'A-1' } },    'payment.closed payment.started'],
    ['nobody has begun',              'PAGE',      'APP',  { query: [NONE] },                                                        { payment: { method: 'APP', outTradeNo: 'A-1' } },     'payment.closed payment.started'],
    ['a buyer was there: closed first', 'PAGE',    'WAP',  { query: [AWAITING], close: [accepted(null)] },                           { payment: { method: 'WAP', outTradeNo: LATER } },     'payment.started payment.closed payment.started'],
    ['Alipay has closed it',          'PAGE',      'WAP',  { query: [CLOSED] },                                                      { payment: { method: 'WAP', outTradeNo: LATER } },     'payment.closed payment.started'],
    ['it was paid',                   'QR_CODE',   'PAGE', { query: [PAID] },                                                        { kind: 'order_not_payable', status: 'PAID' },         'payment.succeeded'],
    ['it is paid while we close it',  'QR_CODE',   'PAGE', { query: [AWAITING, PAID], close: [rejectedWith('TRADE_STATUS_ERROR')] }, { kind: 'order_not_payable', status: 'PAID' },         'payment.started payment.succeeded'],
    ['nobody can say',                'QR_CODE',   'PAGE', { query: [UNKNOWN] },                                                     { kind: 'payment_unresolved' },                        ''],
    ['it does not close',             'QR_CODE',   'PAGE', { query: [AWAITING], close: [UNKNOWN] },                                  { kind: 'payment_unresolved' },                        'payment.started'],
    ['the channel is away',           'QR_CODE',   'PAGE', { query: [NOT_SENT] },                                                    { kind: 'channel_unavailable' },                       ''],
    ['a scanned code is in doubt',    'AUTH_CODE', 'PAGE', {},                                                                       { kind: 'payment_unresolved' },                        ''],
  ])('%s: from %s to %s', async (_, from, to, script, outcome, types) => {
    const front = aShopFront(script, showing(from));
    expect(await front.send(to)).toMatchObject(outcome);
    expect(front.types()).toBe(types);
  });

  test('from a page to a QR code and back: one number, one live payment', async () => {
    const front = aShopFront({ query: [NONE], precreate: [accepted({ qrContent: 'code' })] });
    await front.send('PAGE');
    expect(await precreateQrCode(front.desk, front.asked)).toMatchObject({
      payment: { offer: 'code', outTradeNo: 'A-1' },
    });
    expect(await front.send('PAGE')).toMatchObject({ payment: { method: 'PAGE', outTradeNo: 'A-1' } });
    const statuses = front.order().payments.map(({ method, status }) => `${method} ${status}`);
    expect(statuses).toEqual(['PAGE CLOSED', 'QR_CODE CLOSED', 'PAGE AWAITING_BUYER']);
  });

  test('each number that is spent makes the next one later, never one twice', async () => {
    const front = aShopFront({ query: [AWAITING], close: [accepted(null)] });
    const numbers: string[] = [];
    for (const method of ['PAGE', 'WAP', 'APP', 'PAGE'] as const) {
      const sent = await front.send(method);
      if (sent.kind === 'payment') numbers.push(sent.payment.outTradeNo);
      const fact = aFact({
        outTradeNo: numbers.at(-1) ?? '',
        tradeNo: `T${numbers.length}`,
        state: 'awaiting_buyer',
        paidAt: null,
      });
      front.channel.query = async () => accepted(fact);
    }
    expect(new Set(numbers).size).toBe(4);
    for (const number of numbers.slice(1)) expect(number).toMatch(/^[0-9a-f]{32}_[0-9]{28}$/);
  });

  test('somebody else began another way meanwhile: unresolved', async () => {
    const front = aShopFront(
      {
        query: [
          async () => {
            const order = front.order();
            const payments = [
              ...order.payments.map((one) => ({ ...one, status: 'CLOSED' as const })),
              aPayment({ method: 'WAP' }),
            ];
            front.store.orders.set(order.id, { ...order, version: 9, payments });
            return NONE;
          },
        ],
      },
      showing('QR_CODE'),
    );
    expect(await front.send('PAGE')).toEqual({ kind: 'payment_unresolved' });
  });
});

describe('not collected', () => {
  // biome-ignore format: a table
  test.each([
    ['paid',         orderIn('PAID'),                                { kind: 'order_not_payable', status: 'PAID', expired: false }],
    ['expired',      anOrder({ expiresAt: secondsAfterNoon(0) }),    { kind: 'order_not_payable', status: 'PENDING', expired: true }],
    ['being undone', anOrder({ undoAt: secondsAfterNoon(0) }),       { kind: 'order_not_payable', status: 'PENDING', expired: false }],
  ])('%s', async (_, order, outcome) => {
    expect(await aShopFront({}, order).send('PAGE')).toEqual(outcome);
  });

  test('unknown', async () => {
    const front = aShopFront();
    expect(await front.send('PAGE', { ref: { id: 'none' } })).toEqual({ kind: 'order_not_found' });
  });
});
