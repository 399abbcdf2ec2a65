// Where a sale stands, as a person at the counter would say it.
import type { LiveOrder, OrderView } from '../api/live-order.ts';
import { isLateMoneyBack, isUnderWay } from './refunds.ts';

export type Stage =
  | 'preparing' //    no code yet
  | 'waiting' //      the code waits for the buyer
  | 'scanned' //      the buyer has scanned and is paying
  | 'unknown' //      the gateway asked Alipay for a code and cannot tell
  | 'in_doubt' //     a payment code was scanned and Alipay is being asked
  | 'confirming' //   a payment code was scanned and the buyer confirms on the phone
  | 'at_alipay' //    the buyer is on Alipay's page or in its app
  | 'ran_out' //      the code is dead, the order is not
  | 'failed' //       Alipay's definite no
  | 'declined' //     the scanned payment code did not pay
  | 'paid'
  | 'refunding' //    a refund is under way
  | 'held' //         a refund waits for a second person, and nothing else is under way
  | 'shipping'
  | 'handed_over'
  | 'returned' //     the goods are back, not all of the money is
  | 'late' //         paid after the order was closed
  | 'late_back' //    and given back
  | 'expired'
  | 'cancelled'
  | 'refunded';

export type PaymentView = OrderView['payments'][number];

/** The payment that counts now: the newest. */
export function currentPayment(order: OrderView): PaymentView | undefined {
  return order.payments.at(-1);
}

export function stageOf(live: LiveOrder, nowMs: number): Stage {
  const { order } = live;
  if (order.status === 'PENDING') return pendingStage(live, nowMs);
  if (order.status === 'CANCELLED') return cancelledStage(live);
  const open = order.status === 'REFUNDED' ? [] : order.refunds.filter(isUnderWay);
  if (open.some(({ status }) => status === 'PENDING')) return 'refunding';
  return open.length > 0 ? 'held' : paidStage(order);
}

function paidStage({ status, amount, refundedAmount }: OrderView): Stage {
  switch (status) {
    case 'SHIPPING':
      return 'shipping';
    case 'COMPLETED':
      return 'handed_over';
    case 'REFUNDED':
      return 'refunded';
    case 'RETURNED':
      return refundedAmount === amount ? 'refunded' : 'returned';
    case 'PAID':
    case 'PENDING':
    case 'CANCELLED':
      return 'paid';
  }
}

function cancelledStage({ order, movedAt }: LiveOrder): Stage {
  if (order.payments.some(({ status }) => status === 'SUCCEEDED')) return isLateMoneyBack(order) ? 'late_back' : 'late';
  return movedAt !== undefined && movedAt >= order.expiresAt ? 'expired' : 'cancelled';
}

function pendingStage(live: LiveOrder, nowMs: number): Stage {
  const payment = currentPayment(live.order);
  // A payment code in doubt has a deadline of its own, past the order's.
  if (payment?.method === 'AUTH_CODE' && isLive(payment)) return codeInDoubt(payment);
  if (nowMs >= Date.parse(live.order.expiresAt)) return 'expired';
  switch (payment?.status) {
    case undefined:
      return 'preparing';
    case 'UNKNOWN':
      return payment.method === 'QR_CODE' ? 'unknown' : 'at_alipay';
    case 'FAILED':
      return payment.method === 'AUTH_CODE' ? 'declined' : 'failed';
    case 'CLOSED':
      return 'ran_out';
    case 'SUCCEEDED':
      return 'scanned';
    case 'CREATED':
    case 'AWAITING_BUYER':
      return payment.method === 'QR_CODE' ? qrStage(payment, { scanned: live.scanned, nowMs }) : 'at_alipay';
  }
}

function qrStage(payment: PaymentView, { scanned, nowMs }: { scanned: boolean; nowMs: number }): Stage {
  // Alipay gives a trade its number when a buyer scans.
  if (scanned || payment.tradeNo !== null) return 'scanned';
  if (payment.qrCode === null) return 'preparing';
  return nowMs >= Date.parse(payment.qrCode.expiresAt) ? 'ran_out' : 'waiting';
}

function codeInDoubt({ status }: PaymentView): Stage {
  return status === 'AWAITING_BUYER' ? 'confirming' : 'in_doubt';
}

/** Nobody knows yet whether this payment pays. */
function isLive({ status }: PaymentView): boolean {
  return status === 'CREATED' || status === 'AWAITING_BUYER' || status === 'UNKNOWN';
}

/** True while the buyer can still use the code on screen. */
export function showsCode(stage: Stage): boolean {
  return stage === 'waiting' || stage === 'scanned';
}

/** True while a scanned payment code is being found out about. */
export function isInDoubt(stage: Stage): boolean {
  return stage === 'in_doubt' || stage === 'confirming';
}

/** True while the order waits for its money and a buyer's payment code would help. */
export function takesCode(stage: Stage): boolean {
  switch (stage) {
    case 'preparing':
    case 'waiting':
    case 'unknown':
    case 'at_alipay':
    case 'ran_out':
    case 'failed':
    case 'declined':
      return true;
    case 'scanned':
    case 'in_doubt':
    case 'confirming':
    case 'paid':
    case 'refunding':
    case 'held':
    case 'shipping':
    case 'handed_over':
    case 'returned':
    case 'late':
    case 'late_back':
    case 'expired':
    case 'cancelled':
    case 'refunded':
      return false;
  }
}

/** True when the cashier can turn to the next sale. */
export function isDone(stage: Stage): boolean {
  return !(takesCode(stage) || stage === 'scanned' || isInDoubt(stage));
}
