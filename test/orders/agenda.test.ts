import { describe, expect, test } from 'vitest';
import { agendaOf, checkAfter, gapMs, type Looked, REFUND_SPACING_MS } from '../../src/orders/agenda.ts';
import { type Case, caseRefundNo } from '../../src/orders/case.ts';
import { GRACE_MS, type WholeOrder } from '../../src/orders/order.ts';
import type { Payment } from '../../src/orders/payment.ts';
import type { Refund } from '../../src/orders/refund.ts';
import { aCase, anOrder, aPayment, aRefund, NOON, orderIn, TRADE } from '../support/orders.ts';
import { secondsAfterNoon as s } from './shop.ts';

const PACE = { checkIntervalMs: 3_000 };
const NOW: Looked = { lookedAt: NOON, tries: 0 };
const SPACING_S = REFUND_SPACING_MS / 1_000;
const GRACE_S = GRACE_MS / 1_000;

/** What is due, in order, with the seconds after noon: `ask@3 end@1800`. */
function due(order: WholeOrder, looked: Looked = NOW): string {
  const seconds = (at: Date) => Math.round((at.getTime() - NOON.getTime()) / 100) / 10;
  return agendaOf(order, looked, PACE)
    .map(({ kind, at }) => `${kind}@${seconds(at)}`)
    .join(' ');
}

/** Seconds to the next look after so many in vain. */
const gap = (tries: number) => Math.round(gapMs(tries, PACE) / 100) / 10;

function looked(second: number, tries = 0): Looked {
  return { lookedAt: s(second), tries };
}

const paying = (fields: Partial<Payment>, order: Partial<WholeOrder> = {}) =>
  anOrder({ payments: [aPayment(fields)], ...order });
const scanned = (order: Partial<WholeOrder> = {}) =>
  paying({ method: 'AUTH_CODE', status: 'UNKNOWN', offer: null, payableUntil: null, cancelAt: s(45) }, order);
const refunding = (...refunds: Partial<Refund>[]) => {
  const order = orderIn('PAID');
  const own = { paymentId: order.paidPaymentId ?? '', amountFen: 100n };
  return { ...order, refunds: refunds.map((one, index) => aRefund({ ...own, refundNo: `R-${index}`, ...one })) };
};
const late = (one: Partial<Case> = {}, refunds: Partial<Refund>[] = []) => {
  const payment = aPayment({ status: 'SUCCEEDED', tradeNo: TRADE });
  const opened = aCase(one);
  return anOrder({
    status: 'CANCELLED',
    payments: [payment],
    cases: [opened],
    refunds: refunds.map((fields) => aRefund({ paymentId: payment.id, refundNo: caseRefundNo(opened), ...fields })),
  });
};

describe('a sale that is open', () => {
  // biome-ignore format: a table
  test.each<[string, WholeOrder, Looked, string]>([
    ['nobody has begun to pay',                 anOrder(),                                    NOW,            'end@1800'],
    ['a code is shown',                         paying({}),                                   NOW,            'ask@3 end@1800'],
    ['a code may exist',                        paying({ status: 'UNKNOWN' }),                NOW,            'ask@3 end@1800'],
    ['a number was reserved, then a crash',     paying({ status: 'CREATED', offer: null }),   NOW,            'ask@3 end@1800'],
    ['a page is open',                          paying({ method: 'PAGE' }),                   NOW,            'ask@3 end@1800'],
    ['asked in vain once',                      paying({}),                                   looked(3, 1),   `ask@${3 + gap(1)} end@1800`],
    ['asked in vain five times',                paying({}),                                   looked(60, 5),  `ask@${60 + gap(5)} end@1800`],
    ['asked in vain for long: ever slower',     paying({}),                                   looked(600, 30), `ask@${600 + gap(30)} end@1800`],
    ['its code has run out: once more',         paying({ payableUntil: s(600) }),             looked(600, 20), `ask@${600 + GRACE_S} end@1800`],
    ['… and no more after that',                paying({ payableUntil: s(600) }),             looked(600 + GRACE_S), 'end@1800'],
    ['… unless a buyer had scanned it',         paying({ payableUntil: s(600), tradeNo: TRADE }), looked(605), 'ask@608 end@1800'],
    ['the payment failed',                      paying({ status: 'FAILED' }),                 NOW,            'end@1800'],
    ['expired a moment ago',                    paying({}),                                   looked(1_800),  'end@1803'],
    ['expired, and ended in vain twice',        anOrder(),                                    looked(1_803, 2), `end@${1_803 + gap(2)}`],
    ['a code is shown, and the sale is undone', paying({}, { undoAt: s(10) }),                NOW,            'ask@3 end@10'],
    ['no time is left for a question',          paying({}),                                   looked(1_799),  'end@1800'],
    ['undone after the expiry',                 anOrder({ undoAt: s(1_900) }),                NOW,            'end@1800'],
  ])('%s: %s', (_, order, when, agenda) => {
    expect(due(order, when)).toBe(agenda);
  });
});

// Dossier 5: every three to five seconds until the last query, then cancel at once.
describe('a scanned payment code in doubt', () => {
  // biome-ignore format: a table
  test.each<[string, WholeOrder, Looked, string]>([
    ['just scanned',                                scanned(),                         NOW,           'ask@3 cancel@45'],
    ['asked in vain ten times: still every 3 s',    scanned(),                         looked(30, 10), 'ask@33 cancel@45'],
    ['the next question would come too late',       scanned(),                         looked(42, 14), 'cancel@45'],
    ['cancelled in vain: again after the gap',      scanned(),                         looked(45),    'cancel@48'],
    ['cancelled in vain often: every 5 s',          scanned(),                         looked(80, 9), 'cancel@85'],
    ['undone: cancelled at once',                   scanned({ undoAt: s(5) }),         looked(3),     'cancel@5'],
    ['the sale has expired: not over before that',  scanned({ expiresAt: s(20) }),     looked(18),    'ask@21 cancel@45'],
    ['the order was paid another way meanwhile',    scanned({ status: 'PAID' }),       NOW,           'ask@3 cancel@45'],
    ['no deadline was written: it is over',         paying({ method: 'AUTH_CODE' }),   looked(9),     'cancel@12'],
  ])('%s: %s', (_, order, when, agenda) => {
    expect(due(order, when)).toBe(agenda);
  });
});

describe('a sale that is over', () => {
  const unscanned: Partial<Payment> = { status: 'CLOSED', payableUntil: s(1_800) };
  // biome-ignore format: a table
  test.each<[string, WholeOrder, Looked, string]>([
    ['cancelled, its code unscanned: watched',     paying(unscanned, { status: 'CANCELLED' }),                             NOW,               'ask@3'],
    ['… once more when its time is up',            paying(unscanned, { status: 'CANCELLED' }),                             looked(1_790, 30), `ask@${1_800 + GRACE_S}`],
    ['… and no more after that',                   paying(unscanned, { status: 'CANCELLED' }),                             looked(1_800 + GRACE_S), ''],
    ['cancelled, closed at the channel',           paying({ ...unscanned, channelEnd: 'closed' }, { status: 'CANCELLED' }), NOW,              ''],
    ['cancelled, its number was closed under another payment', anOrder({ status: 'CANCELLED', payments: [aPayment(unscanned), aPayment({ status: 'CLOSED', channelEnd: 'closed' })] }), NOW, ''],
    ['cancelled, never begun',                     orderIn('CANCELLED'),                                                   NOW,               ''],
    ['paid',                                       orderIn('PAID'),                                                        NOW,               ''],
    ['paid, and was to be undone',                 { ...orderIn('PAID'), undoAt: NOON },                                   NOW,               'undo@0'],
    ['… which failed to be written down',          { ...orderIn('PAID'), undoAt: NOON },                                   looked(0, 1),      `undo@${gap(1)}`],
    ['… and is being given back',                  { ...refunding({}), undoAt: NOON },                                     NOW,               'refund@0'],
    ['… and was refused: once is enough',          { ...refunding({ status: 'FAILED' }), undoAt: NOON },                   NOW,               ''],
    ['shipping',                                   orderIn('SHIPPING'),                                                    NOW,               ''],
    ['completed',                                  orderIn('COMPLETED'),                                                   NOW,               ''],
    ['returned',                                   orderIn('RETURNED'),                                                    NOW,               ''],
    ['refunded',                                   orderIn('REFUNDED'),                                                    NOW,               ''],
  ])('%s: %s', (_, order, when, agenda) => {
    expect(due(order, when)).toBe(agenda);
  });
});

describe('refunds', () => {
  // biome-ignore format: a table
  test.each<[string, WholeOrder, Looked, string]>([
    ['asked for: goes out at once',                refunding({}),                                     NOW,           'refund@0'],
    ['three asked for: all are due',               refunding({}, {}, {}),                             NOW,           'refund@0 refund@0 refund@0'],
    ['the first was sent: the others wait',        refunding({ triedAt: NOON }, {}, {}),              NOW,           `refund@${SPACING_S} refund@${SPACING_S} refund@10`],
    ['the first is done: the others wait too',     refunding({ status: 'SUCCEEDED', triedAt: NOON }, {}), NOW,       `refund@${SPACING_S}`],
    ['sent, no answer: asked about after 10 s',    refunding({ triedAt: NOON }),                      looked(1),     'refund@10'],
    ['… in vain again and again: ever slower',     refunding({ triedAt: NOON }),                      looked(60, 9), `refund@${gap(9)}`],
    ['failed: waits for somebody to try again',    refunding({ status: 'FAILED', triedAt: NOON }),    NOW,           ''],
    ['waits for a confirmation, for a day',        refunding({ status: 'AWAITING_CONFIRMATION', heldUntil: s(86_400) }), NOW, 'expire@86400'],
    ['… and beside it one that does not',          refunding({ status: 'AWAITING_CONFIRMATION', heldUntil: s(86_400) }, {}), NOW, `refund@${SPACING_S - SPACING_S} expire@86400`],
    ['… in vain: again after the gap',             refunding({ status: 'AWAITING_CONFIRMATION', heldUntil: s(5) }), looked(6, 1), `expire@${6 + gap(1)}`],
  ])('%s: %s', (_, order, when, agenda) => {
    expect(due(order, when)).toBe(agenda);
  });

  test('of different trades do not wait for each other', () => {
    const order = refunding({ triedAt: NOON }, {});
    const second = aPayment({ status: 'SUCCEEDED', tradeNo: '2' });
    const [sent, other] = order.refunds;
    if (sent === undefined || other === undefined) throw new Error('two refunds');
    const refunds = [sent, { ...other, paymentId: second.id }];
    expect(due({ ...order, payments: [...order.payments, second], refunds })).toBe('refund@0 refund@10');
  });
});

describe('cases', () => {
  // biome-ignore format: a table
  test.each<[string, WholeOrder, Looked, string]>([
    ['late money, to be given back: at once',      late(),                                                  NOW,          'settle@0'],
    ['late money, to be kept: at once',            late({ policy: 'ACCEPT' }),                              NOW,          'settle@0'],
    ['the channel could not be asked: later',      late(),                                                  looked(2, 1), `settle@${2 + gap(1)}`],
    ['held for a person',                          late({ policy: 'HOLD' }),                                NOW,          ''],
    ['settled',                                    late({ state: 'REFUNDED' }),                             NOW,          ''],
    ['its refund is on its way',                   late({}, [{}]),                                          NOW,          'refund@0'],
    ['its refund failed: a person decides',        late({}, [{ status: 'FAILED' }]),                        NOW,          ''],
    ['a part came back elsewhere: the rest is due', late({}, [{ refundNo: 'E-1', status: 'SUCCEEDED', amountFen: 1n }]), NOW, 'settle@0'],
    ['to be kept, but another payment was kept',   { ...late({ policy: 'ACCEPT' }), status: 'PAID' },       NOW,          ''],
  ])('%s: %s', (_, order, when, agenda) => {
    expect(due(order, when)).toBe(agenda);
  });
});

test('the check is put where the most urgent thing is; none when nothing is left', () => {
  expect(checkAfter(paying({}), looked(3, 1), PACE)).toEqual({
    dueAt: s(3 + gapMs(1, PACE) / 1_000),
    lookedAt: s(3),
    tries: 1,
  });
  expect(checkAfter(orderIn('PAID'), NOW, PACE)).toBeNull();
});

test('gaps grow from the interval to a cap, which a longer interval lifts', () => {
  const gaps = Array.from({ length: 40 }, (_, tries) => gapMs(tries, PACE));
  expect(gaps[0]).toBe(3_000);
  expect(gaps).toEqual(gaps.toSorted((one, other) => one - other));
  expect(gaps[1]).toBeGreaterThan(3_000);
  expect(gaps[25]).toBeLessThanOrEqual(30_000);
  expect(gapMs(1_000, PACE)).toBe(300_000);
  expect(gapMs(40, { checkIntervalMs: 900_000 })).toBe(900_000);
});
