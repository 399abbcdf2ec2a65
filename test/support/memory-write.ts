// What one write does to an order in PostgreSQL, and what the tables refuse.

import { refundsOf, type WholeOrder } from '../../src/orders/order.ts';
import { isLive, type Payment } from '../../src/orders/payment.ts';
import { type Change } from '../../src/orders/ports.ts';
import { isOpenRefund, type Refund } from '../../src/orders/refund.ts';

/** The order after the change: what has been sent and heard stays known. */
export function applied(current: WholeOrder, { after, payments, refunds, cases }: Change): WholeOrder {
  const tried = new Map(current.refunds.map(({ id, triedAt }) => [id, triedAt]));
  // Only markTried says that a refund was sent.
  const kept = refunds.map((one): Refund => ({ ...one, triedAt: tried.get(one.id) ?? one.triedAt }));
  return {
    ...current,
    ...after,
    payments: merge(current.payments, payments.map(neverLess(current))),
    refunds: merge(current.refunds, kept),
    cases: merge(current.cases, cases),
  };
}

/** What has been heard of its refunds in all never shrinks. */
function neverLess({ payments }: WholeOrder): (payment: Payment) => Payment {
  const heard = new Map(payments.map(({ id, refundedTotalFen }) => [id, refundedTotalFen]));
  return (payment) => {
    const before = heard.get(payment.id) ?? 0n;
    return before > payment.refundedTotalFen ? { ...payment, refundedTotalFen: before } : payment;
  };
}

function merge<Item extends { readonly id: string }>(old: readonly Item[], changed: readonly Item[]): Item[] {
  return [...new Map([...old, ...changed].map((item) => [item.id, item])).values()];
}

/** What the tables refuse. Reservations yield to facts: only a change that reserves must respect the others. */
export function holdConstraints(order: WholeOrder, reserves: boolean): void {
  const paid = order.payments.find(({ id }) => id === order.paidPaymentId);
  const open = paid && reserves ? refundsOf(order, paid).filter(isOpenRefund) : [];
  const taken = open.reduce((sum, { amountFen }) => sum + amountFen, order.refundedFen);
  const broken = {
    orders_refunds_fit_check: taken > order.amountFen,
    payments_one_live_key: order.payments.filter(isLive).length > 1,
    payments_refunded_total_check: order.payments.some((one) => one.refundedTotalFen > one.amountFen),
    refunds_number_key: !areUnique(order.refunds.map(({ refundNo }) => refundNo)),
    refunds_number_check: order.refunds.some(({ refundNo }) => refundNo.length > 64),
    refunds_amount_check: order.refunds.some(({ amountFen }) => amountFen <= 0n),
    cases_trade_key: !areUnique(order.cases.map(({ tradeNo, kind }) => `${kind} ${tradeNo}`)),
  };
  for (const [name, is] of Object.entries(broken)) if (is) throw new Error(`violates ${name}`);
}

function areUnique(keys: readonly string[]): boolean {
  return new Set(keys).size === keys.length;
}
