import { describe, expect, test } from 'vitest';
import { precreateQrCode } from '../../src/orders/precreate-qr-code.ts';
import {
  accepted,
  aDesk,
  BYTES,
  type MemoryStore,
  memoryStore,
  NOT_SENT,
  rejectedWith,
  type ScriptedChannel,
  scriptedChannel,
  UNKNOWN,
} from '../support/memory-ports.ts';
import { anOrder, aPayment, MERCHANT, newId, orderIn, standingClock } from '../support/orders.ts';

const HOUR_MS = 3_600_000;
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

test('what was remembered of the order and is not so any more gives nobody a code', async () => {
  const order = orderIn('CANCELLED');
  const orders = memoryStore(order);
  const fresh = () => ({ ...order, status: 'PENDING' as const, version: order.version - 1 });
  const needs = { ...aDesk(orders, scriptedChannel({ precreate: [CODE] }), standingClock()), fresh };
  const answer = await precreateQrCode(needs, { merchantId: MERCHANT, ref: { id: order.id } });
  expect(answer).toMatchObject({ kind: 'order_not_payable', status: 'CANCELLED' });
  expect(payments(orders, order.id)).toEqual(order.payments);
});

test('a code whose number was spent while it was asked for is shown to nobody', async () => {
  const order = anOrder();
  const orders = memoryStore(order);
  const scanned = aPayment({ method: 'AUTH_CODE', status: 'FAILED', channelEnd: 'closed' });
  const calledOff = async () => {
    orders.orders.set(order.id, { ...order, version: 3, payments: [scanned] });
    return CODE;
  };
  const { ask, typesOf } = counter(orders, scriptedChannel({ precreate: [calledOff] }));
  expect(await ask(order.id)).toEqual({ kind: 'payment_unresolved' });
  expect(payments(orders, order.id)).toEqual([scanned]);
  expect(typesOf()).toEqual([]);
});

describe('accepted', () => {
  test('the order gets a payment with the code; the signed answer is kept', async () => {
    const order = anOrder({ storeId: 'S1', body: 'Big' });
    const orders = memoryStore(order);
    const channel = scriptedChannel({ precreate: [CODE] });
    const { ask, typesOf } = counter(orders, channel);
    expect(await ask(order.id)).toMatchObject({
      kind: 'payment',
      payment: {
        status: 'AWAITING_BUYER',
        method: 'QR_CODE',
        outTradeNo: 'A-1',
        amountFen: 999n,
        offer: 'https://qr.example/new',
        payableUntil: order.expiresAt,
      },
      order: { version: 2 },
    });
    expect(channel.asked).toMatchObject([
      { outTradeNo: 'A-1', amountFen: 999n, subject: 'Tea', body: 'Big', storeId: 'S1', expiresAt: order.expiresAt },
    ]);
    expect(typesOf()).toEqual(['payment.precreated']);
    expect(orders.events[0]?.data).toBe(
      '{"amount":"9.99","method":"QR_CODE","outTradeNo":"A-1","paymentStatus":"AWAITING_BUYER"}',
    );
    expect(orders.recorded).toMatchObject([{ kind: 'answer', verdict: 'applied', bytes: BYTES, notifyId: null }]);
    expect(orders.events[0]?.evidenceId).toEqual(expect.any(String));
  });

  test('a code lives two hours at most', async () => {
    const order = anOrder({ expiresAt: new Date('2026-11-24T12:00:00Z') });
    const { ask } = counter(memoryStore(order), scriptedChannel({ precreate: [CODE] }));
    expect(await ask(order.id)).toMatchObject({ payment: { payableUntil: new Date('2026-11-23T14:00:00Z') } });
  });

  test('a live code is answered without a call', async () => {
    const order = anOrder({ payments: [aPayment()] });
    const channel = scriptedChannel({});
    const { ask, typesOf } = counter(memoryStore(order), channel);
    expect(await ask(order.id)).toMatchObject({ kind: 'payment', payment: { offer: 'https://qr.example/1' } });
    expect(channel.asked).toEqual([]);
    expect(typesOf()).toEqual([]);
  });

  test('a code that ran out is replaced on the same payment, under the same number', async () => {
    const order = anOrder({ expiresAt: new Date('2026-11-24T12:00:00Z') });
    const orders = memoryStore(order);
    const channel = scriptedChannel({
      precreate: [accepted({ qrContent: 'first' }), accepted({ qrContent: 'second' })],
    });
    const { ask, clock, typesOf } = counter(orders, channel);
    await ask(order.id);
    clock.forward(2 * HOUR_MS);
    expect(await ask(order.id)).toMatchObject({
      payment: { offer: 'second', payableUntil: new Date('2026-11-23T16:00:00Z') },
    });
    expect(payments(orders, order.id)).toHaveLength(1);
    expect(channel.asked.map(({ outTradeNo }) => outTradeNo)).toEqual(['A-1', 'A-1']);
    expect(typesOf()).toEqual(['payment.precreated', 'payment.precreated']);
  });

  test('20 callers at once share one call and one payment', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const channel = scriptedChannel({ precreate: [CODE] });
    const { ask } = counter(orders, channel);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(order.id)));
    expect(new Set(answers.map((answer) => answer.kind === 'payment' && answer.payment.id)).size).toBe(1);
    expect(channel.asked).toHaveLength(1);
    expect(orders.events).toHaveLength(1);
  });
});

describe('rejected', () => {
  test('the payment fails with the reason, once: asking again makes no second event', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const channel = scriptedChannel({ precreate: [rejectedWith('TOTAL_FEE_EXCEED')] });
    const { ask, typesOf } = counter(orders, channel);
    for (let i = 0; i < 3; i++)
      expect(await ask(order.id)).toEqual({
        kind: 'payment_rejected',
        subCode: 'TOTAL_FEE_EXCEED',
        message: 'Alipay says TOTAL_FEE_EXCEED',
        messageZh: 'Alipay says TOTAL_FEE_EXCEED',
      });
    expect(payments(orders, order.id)).toMatchObject([{ status: 'FAILED', failure: { subCode: 'TOTAL_FEE_EXCEED' } }]);
    expect(typesOf()).toEqual(['payment.failed']);
    expect(channel.asked).toHaveLength(3);
  });

  test('another reason is news', async () => {
    const order = anOrder();
    const { ask, typesOf } = counter(
      memoryStore(order),
      scriptedChannel({ precreate: [rejectedWith('A'), rejectedWith('B')] }),
    );
    await ask(order.id);
    await ask(order.id);
    expect(typesOf()).toEqual(['payment.failed', 'payment.failed']);
  });

  test('after a refusal the next try may still be accepted', async () => {
    const order = anOrder();
    const { ask, typesOf } = counter(memoryStore(order), scriptedChannel({ precreate: [rejectedWith('A'), CODE] }));
    await ask(order.id);
    expect(await ask(order.id)).toMatchObject({ kind: 'payment', payment: { status: 'AWAITING_BUYER' } });
    expect(typesOf()).toEqual(['payment.failed', 'payment.precreated']);
  });

  test('a payment whose old code a buyer may be paying stays open', async () => {
    const order = anOrder({ payments: [aPayment({ payableUntil: new Date('2026-11-23T11:59:00Z') })] });
    const orders = memoryStore(order);
    const { ask, typesOf } = counter(orders, scriptedChannel({ precreate: [rejectedWith('A')] }));
    expect(await ask(order.id)).toMatchObject({ kind: 'payment_rejected' });
    expect(payments(orders, order.id)).toMatchObject([{ status: 'AWAITING_BUYER' }]);
    expect(typesOf()).toEqual([]);
  });
});

describe('no answer', () => {
  test('unknown is not failure: the payment is in doubt, once, and the same number is asked again', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const channel = scriptedChannel({ precreate: [UNKNOWN, UNKNOWN, CODE] });
    const { ask, typesOf } = counter(orders, channel);
    expect(await ask(order.id)).toMatchObject({ kind: 'payment', payment: { status: 'UNKNOWN', offer: null } });
    expect(await ask(order.id)).toMatchObject({ kind: 'payment', payment: { status: 'UNKNOWN' } });
    expect(typesOf()).toEqual(['payment.unknown']);
    expect(await ask(order.id)).toMatchObject({ payment: { status: 'AWAITING_BUYER', failure: null } });
    expect(typesOf()).toEqual(['payment.unknown', 'payment.precreated']);
    expect(payments(orders, order.id)).toHaveLength(1);
    expect(new Set(channel.asked.map(({ outTradeNo }) => outTradeNo))).toEqual(new Set(['A-1']));
  });

  test('a refusal of the repeat leaves the first question open', async () => {
    const order = anOrder({ payments: [aPayment({ status: 'UNKNOWN', offer: null, payableUntil: null })] });
    const orders = memoryStore(order);
    const { ask } = counter(orders, scriptedChannel({ precreate: [rejectedWith('A')] }));
    await ask(order.id);
    expect(payments(orders, order.id)).toMatchObject([{ status: 'UNKNOWN' }]);
  });

  test('not sent: nothing happened, nothing is written', async () => {
    const order = anOrder();
    const orders = memoryStore(order);
    const { ask, typesOf } = counter(orders, scriptedChannel({ precreate: [NOT_SENT] }));
    expect(await ask(order.id)).toEqual({ kind: 'channel_unavailable' });
    expect(typesOf()).toEqual([]);
  });
});

describe('not asked at all', () => {
  test.each(['PAID', 'SHIPPING', 'COMPLETED', 'CANCELLED', 'REFUNDED', 'RETURNED'] as const)('%s', async (status) => {
    const order = orderIn(status);
    const channel = scriptedChannel({});
    const { ask } = counter(memoryStore(order), channel);
    expect(await ask(order.id)).toEqual({ kind: 'order_not_payable', status, expired: false });
    expect(channel.asked).toEqual([]);
  });

  test('expired, even with a code', async () => {
    const order = anOrder({ payments: [aPayment()] });
    const { ask, clock } = counter(memoryStore(order), scriptedChannel({}));
    clock.forward(HOUR_MS / 2);
    expect(await ask(order.id)).toEqual({ kind: 'order_not_payable', status: 'PENDING', expired: true });
  });

  test("another merchant's order, or none", async () => {
    const order = anOrder();
    const { ask } = counter(memoryStore(order), scriptedChannel({}));
    expect(await ask(order.id, newId())).toEqual({ kind: 'order_not_found' });
    expect(await ask(newId())).toEqual({ kind: 'order_not_found' });
  });

  test('a payment of another kind is under way', async () => {
    const order = anOrder({ payments: [aPayment({ method: 'AUTH_CODE' })] });
    const { ask } = counter(memoryStore(order), scriptedChannel({}));
    expect(await ask(order.id)).toEqual({ kind: 'payment_unresolved' });
  });
});

test('what is paid while we ask stays paid, whatever the answer', async () => {
  for (const answer of [CODE, UNKNOWN, rejectedWith('A'), rejectedWith('TRADE_HAS_CLOSE')]) {
    const order = anOrder();
    const orders = memoryStore(order);
    const paid = { ...orderIn('PAID'), id: order.id, version: 2 };
    const channel = scriptedChannel({
      precreate: [
        async () => {
          orders.orders.set(order.id, paid);
          return answer;
        },
      ],
    });
    const { ask, typesOf } = counter(orders, channel);
    expect(await ask(order.id)).toEqual({ kind: 'order_not_payable', status: 'PAID', expired: false });
    expect(typesOf()).toEqual([]);
    expect(orders.orders.get(order.id)).toEqual(paid);
  }
});
