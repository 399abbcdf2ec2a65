// Where a sale stands, as a person at the counter would say it.
import type { LiveOrder, OrderView } from '../api/live-order.ts';

export type Stage =
  | 'preparing' //  no code yet
  | 'waiting' //    the code waits for the buyer
  | 'scanned' //    the buyer has scanned and is paying
  | 'unknown' //    the gateway asked Alipay and cannot tell
  | 'ran_out' //    the code is dead, the order is not
  | 'failed' //     Alipay's definite no
  | 'paid'
  | 'expired'
  | 'cancelled'
  | 'refunded';

export type PaymentView = OrderView['payments'][number];

/** The payment that counts now: the newest. */
export function currentPayment(order: OrderView): PaymentView | undefined {
  return order.payments.at(-1);
}

export function stageOf(live: LiveOrder, nowMs: number): Stage {
  const { order, movedAt } = live;
  switch (order.status) {
    case 'PAID':
    case 'SHIPPING':
    case 'COMPLETED':
      return 'paid';
    case 'REFUNDED':
    case 'RETURNED':
      return 'refunded';
    case 'CANCELLED':
      return movedAt !== undefined && movedAt >= order.expiresAt ? 'expired' : 'cancelled';
    case 'PENDING':
      return nowMs >= Date.parse(order.expiresAt) ? 'expired' : pendingStage(live, nowMs);
  }
}

function pendingStage({ order, scanned }: LiveOrder, nowMs: number): Stage {
  const payment = currentPayment(order);
  switch (payment?.status) {
    case undefined:
      return 'preparing';
    case 'UNKNOWN':
      return 'unknown';
    case 'FAILED':
      return 'failed';
    case 'CLOSED':
      return 'ran_out';
    case 'SUCCEEDED':
      return 'scanned';
    case 'CREATED':
    case 'AWAITING_BUYER':
      return codeStage(payment, { scanned, nowMs });
  }
}

function codeStage(payment: PaymentView, { scanned, nowMs }: { scanned: boolean; nowMs: number }): Stage {
  // Alipay gives a trade its number when a buyer scans.
  if (scanned || payment.tradeNo !== null) return 'scanned';
  if (payment.qrCode === null) return 'preparing';
  return nowMs >= Date.parse(payment.qrCode.expiresAt) ? 'ran_out' : 'waiting';
}

/** True while the buyer can still use the code on screen. */
export function showsCode(stage: Stage): boolean {
  return stage === 'waiting' || stage === 'scanned';
}
