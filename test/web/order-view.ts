import type { OrderMoved, OrderView } from '../../web/api/live-order.ts';

type Payment = OrderView['payments'][number];
type Refund = OrderView['refunds'][number];

export function payment(over: Partial<Payment> = {}): Payment {
  const qrCode = { content: 'https://qr.alipay.com/bax1', svg: '<svg/>', expiresAt: '2026-03-01T12:30:00.000Z' };
  const fresh: Payment = {
    id: 'pay_1',
    method: 'QR_CODE',
    status: 'AWAITING_BUYER',
    amount: '9.99',
    tradeNo: null,
    createdAt: '2026-03-01T12:00:01.000Z',
    succeededAt: null,
    redirectUrl: null,
    callOffAt: null,
    qrCode: over.method === undefined || over.method === 'QR_CODE' ? qrCode : null,
    failure: null,
  };
  return { ...fresh, ...over };
}

/** A payment that has paid, and its moment. */
export function paid(over: Partial<Payment> = {}): Payment {
  return payment({ status: 'SUCCEEDED', tradeNo: '2026', succeededAt: '2026-03-01T12:00:30.000Z', ...over });
}

export function refund(over: Partial<Refund> = {}): Refund {
  const fresh: Refund = {
    id: 'ref_1',
    refundNo: 'R1',
    amount: '1.00',
    status: 'SUCCEEDED',
    createdAt: '2026-03-01T12:05:00.000Z',
    failure: null,
    payment: { id: 'pay_1' },
  };
  return { ...fresh, ...over };
}

export function orderView(over: Partial<OrderView> = {}): OrderView {
  const fresh: OrderView = {
    id: 'ord_1',
    merchantOrderNo: 'K1',
    subject: 'tea',
    amount: '9.99',
    refundedAmount: '0.00',
    status: 'PENDING',
    version: 1,
    createdAt: '2026-03-01T12:00:00.000Z',
    expiresAt: '2026-03-01T12:30:00.000Z',
    paidAt: null,
    payments: [],
    refunds: [],
  };
  return { ...fresh, ...over };
}

export function moved(version: number, type: string, over: Partial<OrderView> = {}): OrderMoved {
  const order = orderView({ version, ...over });
  const occurredAt = '2026-03-01T12:00:05.000Z';
  return { id: `evt_${version}`, version, type, status: order.status, occurredAt, order };
}
