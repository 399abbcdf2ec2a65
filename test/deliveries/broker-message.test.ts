import { expect, test } from 'vitest';
import { brokerMessage } from '../../src/deliveries/broker-message.ts';
import { toldEvent } from '../../src/deliveries/told-event.ts';
import { seal } from '../../src/orders/event.ts';

const event = seal({
  id: '01890000-0000-7000-8000-00000000000e',
  merchantId: '01890000-0000-7000-8000-00000000000a',
  orderId: '01890000-0000-7000-8000-00000000000b',
  version: 3,
  type: 'payment.succeeded',
  status: 'PAID',
  occurredAt: new Date('2026-05-05T05:05:05.005Z'),
  data: { tradeNo: '2026', amount: '8.88' },
  evidenceId: null,
  prevHash: '0'.repeat(64),
});

test('a message carries the event as every other transport tells it, as canonical JSON, under merchant and type', () => {
  const placed = { event, merchantOrderNo: 'T-1' };
  const { id, body, ...rest } = brokerMessage(placed);
  expect(rest).toEqual({
    type: 'payment.succeeded',
    routingKey: 'mer_01h4000000e00800000000000a.payment.succeeded',
    occurredAt: event.occurredAt,
  });
  expect(id).toMatch(/^evt_/);
  expect(JSON.parse(body)).toEqual(toldEvent(placed));
  expect(body).toMatch(
    /^\{"data":\{"amount":"8.88","merchantOrderNo":"T-1","orderId":"ord_[^"]+","status":"PAID","tradeNo":"2026","version":3\},"id":"evt_[^"]+","timestamp":"2026-05-05T05:05:05.005Z","type":"payment.succeeded"\}$/,
  );
});
