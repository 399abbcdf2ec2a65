import { describe, expect, test } from 'vitest';
import { precreateQrCode } from '../../src/orders/precreate-qr-code.ts';
import {
  accepted,
  aDesk,
  type MemoryStore,
  memoryStore,
  NOT_SENT,
  rejectedWith,
  type ScriptedChannel,
  scriptedChannel,
  UNKNOWN,
} from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, MERCHANT, standingClock } from '../support/orders.ts';

const CODE = accepted({ qrContent: 'https://qr.example/new' });

function counter(orders: MemoryStore, channel: ScriptedChannel) {
  const clock = standingClock();
  const needs = aDesk(orders, channel, clock);
  const ask = (id: string, merchantId = MERCHANT) => precreateQrCode(needs, { merchantId, ref: { id } });
  return { clock, ask, typesOf: () => orders.events.map(({ type }) => type) };
}

function payments(orders: MemoryStore, id: string) {
  return orders.orders.get(id)?.payments;
}

// Dossier 2.5: closed is a new number; other details under it are asked about, and only what is over makes room.
describe.each(['TRADE_HAS_CLOSE', 'CONTEXT_INCONSISTENT'])('%s is asked about', (subCode) => {
  const SAYS = rejectedWith(subCode);
  const closed = accepted(aFact({ state: 'closed', paidAt: null }));
  const awaiting = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
  const oldCode = () => aPayment({ payableUntil: new Date('2026-11-23T11:59:00Z') });

  test('closed: the sale goes on under a later number of 61 characters, reserved before it is used', async () => {
    for (const given of [anOrder(), anOrder({ payments: [oldCode()] })]) {
      const orders = memoryStore(given);
      const seen: (string | undefined)[] = [];
      const later = async (request: { outTradeNo: string }) => {
        const live = orders.orders.get(given.id)?.payments.at(-1);
        seen.push(live?.status, live?.outTradeNo);
        expect(request.outTradeNo).toBe(live?.outTradeNo);
        return CODE;
      };
      const channel = scriptedChannel({ precreate: [SAYS, later], query: [closed] });
      const { ask } = counter(orders, channel);
      expect(await ask(given.id)).toMatchObject({ kind: 'payment', payment: { status: 'AWAITING_BUYER' } });
      expect(seen).toEqual(['CREATED', expect.stringMatching(/^[0-9a-f]{32}_0{27}2$/)]);
      expect(channel.calls).toEqual(['precreate', 'query', 'precreate']);
      expect(payments(orders, given.id)).toMatchObject([{ channelEnd: 'closed' }, { offer: 'https://qr.example/new' }]);
      expect(await ask(given.id)).toMatchObject({ kind: 'payment', payment: { outTradeNo: seen[1] } });
      expect(channel.calls).toHaveLength(3);
    }
  });

  test('waiting for a buyer: closed at the channel first, then a later number', async () => {
    const order = anOrder({ payments: [oldCode()] });
    const orders = memoryStore(order);
    const channel = scriptedChannel({ precreate: [SAYS, CODE], query: [awaiting], close: [accepted(null)] });
    const { ask, typesOf } = counter(orders, channel);
    expect(await ask(order.id)).toMatchObject({
      kind: 'payment',
      payment: { outTradeNo: expect.stringMatching(/^.{61}$/) },
    });
    expect(channel.calls).toEqual(['precreate', 'query', 'close', 'precreate']);
    expect(typesOf()).toEqual(['payment.started', 'payment.closed', 'payment.started', 'payment.precreated']);
  });

  test('paid: the order is, and nobody is asked to pay again', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const { ask, typesOf } = counter(orders, scriptedChannel({ precreate: [SAYS], query: [accepted(aFact())] }));
    expect(await ask(order.id)).toEqual({ kind: 'order_not_payable', status: 'PAID', expired: false });
    expect(typesOf()).toEqual(['payment.failed', 'payment.succeeded']);
  });

  test('another amount was paid under it: a case, and the sale goes on under a later number', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const wrong = accepted(aFact({ amountFen: 1n }));
    const { ask } = counter(orders, scriptedChannel({ precreate: [SAYS, CODE], query: [wrong] }));
    expect(await ask(order.id)).toMatchObject({
      kind: 'payment',
      payment: { outTradeNo: expect.stringMatching(/^.{61}$/) },
    });
    expect(orders.orders.get(order.id)).toMatchObject({ status: 'PENDING', cases: [{ kind: 'wrong_amount' }] });
  });

  test.each([UNKNOWN, NOT_SENT, rejectedWith('TRADE_NOT_EXIST')])(
    'no word of its end ($kind): the refusal, and no other number',
    async (answer) => {
      const order = anOrder({ payments: [oldCode()] });
      const orders = memoryStore(order);
      const channel = scriptedChannel({ precreate: [SAYS], query: [answer] });
      const { ask, typesOf } = counter(orders, channel);
      expect(await ask(order.id)).toMatchObject({ kind: 'payment_rejected', subCode });
      expect(new Set(channel.asked.map(({ outTradeNo }) => outTradeNo))).toEqual(new Set(['A-1']));
      expect(payments(orders, order.id)).toMatchObject([{ status: 'AWAITING_BUYER' }]);
      expect(typesOf()).toEqual([]);
    },
  );
});

describe('TRADE_HAS_SUCCESS is asked about', () => {
  const SAYS_PAID = rejectedWith('TRADE_HAS_SUCCESS');

  test('paid: the order is, with the answer as evidence', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const channel = scriptedChannel({ precreate: [SAYS_PAID], query: [accepted(aFact())] });
    const { ask, typesOf } = counter(orders, channel);
    expect(await ask(order.id)).toEqual({ kind: 'order_not_payable', status: 'PAID', expired: false });
    expect(channel.queried).toEqual(['A-1']);
    expect(typesOf()).toEqual(['payment.succeeded']);
    expect(orders.orders.get(order.id)).toMatchObject({ status: 'PAID', paidPaymentId: expect.any(String) });
    expect(orders.recorded).toMatchObject([{ kind: 'answer', verdict: 'applied' }]);
  });

  test('another amount: a case, and no word of being paid', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const { ask, typesOf } = counter(
      orders,
      scriptedChannel({ precreate: [SAYS_PAID], query: [accepted(aFact({ amountFen: 1n }))] }),
    );
    expect(await ask(order.id)).toEqual({ kind: 'payment_unresolved' });
    expect(orders.orders.get(order.id)).toMatchObject({ status: 'PENDING' });
    expect(typesOf()).toEqual(['case.opened']);
    expect(orders.recorded).toMatchObject([{ verdict: 'wrong_amount' }]);
  });

  test.each([UNKNOWN, { kind: 'not_sent', reason: 'down' } as const, rejectedWith('TRADE_NOT_EXIST')])(
    'no answer to that ($kind): unresolved, nothing written',
    async (answer) => {
      const order = anOrder();
      const orders = memoryStore(order);
      const { ask, typesOf } = counter(orders, scriptedChannel({ precreate: [SAYS_PAID], query: [answer] }));
      expect(await ask(order.id)).toEqual({ kind: 'payment_unresolved' });
      expect(typesOf()).toEqual([]);
    },
  );
});
