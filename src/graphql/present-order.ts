// Every field that may leave, listed. What a frontend with a client token must not see is null here.
import { renderSVG } from 'uqr';
import { toTypeId } from '../ids.ts';
import type { OrderEvent } from '../orders/event.ts';
import type { Order } from '../orders/order.ts';
import type { PaymentFailure as Failure, Payment } from '../orders/payment.ts';
import type { OrdersOwn } from '../orders/reads.ts';
import type { Refund } from '../orders/refund.ts';
import type { Context } from './context.ts';
import { make } from './make.ts';
import { OrderEventType, OrderType } from './order.types.ts';
import { PaymentFailure, PaymentType, QrCode, RefundType } from './payment.types.ts';

export function presentOrder(order: Order, { caller }: Context): OrderType {
  const mine = caller.kind === 'merchant';
  return make(OrderType, {
    id: toTypeId('ord', order.id),
    merchantOrderNo: order.merchantOrderNo,
    subject: order.subject,
    body: order.body,
    amount: order.amountFen,
    refundedAmount: order.refundedFen,
    status: order.status,
    version: order.version,
    storeId: mine ? order.storeId : null,
    terminalId: mine ? order.terminalId : null,
    operatorId: mine ? order.operatorId : null,
    metadata: () => (mine && order.metadata !== null ? JSON.parse(order.metadata) : null),
    createdAt: order.createdAt,
    expiresAt: order.expiresAt,
    paidAt: order.paidAt,
    payments: async (_, context) => {
      const payments = await context.load.paymentsOf(order.id);
      return payments.map((payment) => presentPayment(payment));
    },
    refunds: async (_, context) => {
      const refunds = await context.load.refundsOf(order.id);
      return refunds.map((refund) => presentRefund(refund, context));
    },
    events: async (_, context) => (await context.load.eventsOf(order.id)).map(presentEvent),
    clientToken: (_, context) => (caller.kind === 'client' ? caller.token : context.clientTokens.issue(order)),
  });
}

export function presentPayment(payment: OrdersOwn<Payment>): PaymentType {
  return make(PaymentType, {
    id: toTypeId('pay', payment.id),
    method: payment.method,
    status: payment.status,
    amount: payment.amountFen,
    outTradeNo: payment.outTradeNo,
    tradeNo: payment.tradeNo,
    qrCode: presentQrCode(payment),
    redirectUrl: null,
    orderString: null,
    failure: presentFailure(payment.failure),
    createdAt: payment.createdAt,
    succeededAt: payment.succeededAt,
    order: async (_, context) => presentOrder(await context.load.order(payment.orderId), context),
  });
}

export function presentRefund(refund: OrdersOwn<Refund>, { caller }: Context): RefundType {
  return make(RefundType, {
    id: toTypeId('ref', refund.id),
    refundNo: refund.refundNo,
    amount: refund.amountFen,
    reason: caller.kind === 'merchant' ? refund.reason : null,
    status: refund.status,
    failure: presentFailure(refund.failure),
    createdAt: refund.createdAt,
    succeededAt: refund.succeededAt,
    order: async (_, context) => presentOrder(await context.load.order(refund.orderId), context),
    payment: async (_, context) => {
      const payments = await context.load.paymentsOf(refund.orderId);
      const payment = payments.find((one) => one.id === refund.paymentId);
      if (payment === undefined) throw new Error(`refund ${refund.id} has no payment`);
      return presentPayment(payment);
    },
  });
}

export function presentEvent(event: OrderEvent): OrderEventType {
  return make(OrderEventType, {
    id: toTypeId('evt', event.id),
    version: event.version,
    type: event.type,
    status: event.status,
    occurredAt: event.occurredAt,
  });
}

function presentQrCode({ qrContent, qrExpiresAt }: Payment): QrCode | null {
  if (qrContent === null || qrExpiresAt === null) return null;
  return make(QrCode, { content: qrContent, svg: () => renderSVG(qrContent), expiresAt: qrExpiresAt });
}

function presentFailure(failure: Failure | null): PaymentFailure | null {
  return failure && make(PaymentFailure, { subCode: failure.subCode, message: failure.message });
}
