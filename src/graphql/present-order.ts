// Every field that may leave, listed. What a frontend with a client token must not see is null or empty here.
import { toTypeId } from '../ids.ts';
import { writeBundle } from '../orders/bundle.ts';
import type { Json } from '../orders/canonical-json.ts';
import type { Case } from '../orders/case.ts';
import type { OrderEvent } from '../orders/event.ts';
import type { Order, WholeOrder } from '../orders/order.ts';
import type { Payment } from '../orders/payment.ts';
import type { Refund } from '../orders/refund.ts';
import { CaseType } from './case.types.ts';
import type { Context } from './context.ts';
import { make } from './make.ts';
import { OrderEventType, OrderType } from './order.types.ts';
import { PaymentType, RefundType } from './payment.types.ts';
import { caseFields } from './present-case.ts';
import { paymentFields, presentFailure } from './present-payment.ts';

export function presentOrder(order: Order, { caller }: Context): OrderType {
  const mine = caller.kind !== 'client';
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
      return payments.map((payment) => presentPayment(payment, rowOwner(order)));
    },
    refunds: async (_, context) => {
      const refunds = await context.load.refundsOf(order.id);
      return refunds.map((refund) => presentRefund(refund, rowOwner(order), context));
    },
    events: async (_, context) => (await context.load.eventsOf(order.id)).map(presentEvent),
    cases: async (_, context) => (mine ? (await context.load.casesOf(order.id)).map(presentCase) : []),
    evidence: async (_, context) => (mine ? evidenceOf(order, context) : null),
    clientToken: (_, context) => (caller.kind === 'client' ? caller.token : context.clientTokens.issue(order)),
  });
}

/** How a payment or a refund comes by its order and by what else that has: it is at hand, or it is read. */
interface Owner {
  order(context: Context): Order | Promise<Order>;
  payments(context: Context): readonly Payment[] | Promise<readonly Payment[]>;
}

/** The order as the use case left it. */
export function wholeOwner(order: WholeOrder): Owner {
  return { order: () => order, payments: () => order.payments };
}

export function readOwner({ orderId }: { readonly orderId: string }): Owner {
  return { order: ({ load }) => load.order(orderId), payments: ({ load }) => load.paymentsOf(orderId) };
}

function rowOwner(order: Order): Owner {
  return { ...readOwner({ orderId: order.id }), order: () => order };
}

export function presentPayment(payment: Payment, owner: Owner): PaymentType {
  return make(PaymentType, { ...paymentFields(payment), order: (_, context) => orderOf(owner, context) });
}

export function presentRefund(refund: Refund, owner: Owner, { caller }: Context): RefundType {
  const mine = caller.kind !== 'client';
  return make(RefundType, {
    id: toTypeId('ref', refund.id),
    refundNo: refund.refundNo,
    amount: refund.amountFen,
    reason: mine ? refund.reason : null,
    status: refund.status,
    failure: mine ? presentFailure(refund.failure) : null,
    createdAt: refund.createdAt,
    succeededAt: refund.succeededAt,
    order: (_, context) => orderOf(owner, context),
    payment: async (_, context) => {
      const payments = await owner.payments(context);
      const payment = payments.find((one) => one.id === refund.paymentId);
      if (payment === undefined) throw new Error(`refund ${refund.id} has no payment`);
      return presentPayment(payment, owner);
    },
  });
}

export function presentCase(one: Case): CaseType {
  const { orderId } = one;
  return make(CaseType, {
    ...caseFields(one),
    order: async (_, context) => (orderId === null ? null : orderOf(readOwner({ orderId }), context)),
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

async function evidenceOf({ merchantId, id }: Order, { reads, clock }: Context): Promise<Json> {
  const bundle = await reads.bundle(merchantId, id);
  if (bundle === undefined) throw new Error(`order ${id} has vanished`);
  return writeBundle(bundle, clock.now());
}

async function orderOf(owner: Owner, context: Context): Promise<OrderType> {
  return presentOrder(await owner.order(context), context);
}
