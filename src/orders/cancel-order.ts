import { endOrder, type OrderEnd } from './end-order.ts';
import { faultInNote } from './input-rules.ts';
import { next } from './life.ts';
import type { DeskNeeds } from './needs.ts';
import { allowedFrom, type OrderRef, orderLife, type WholeOrder } from './order.ts';
import type { IllegalTransition, OrderOutcome } from './outcomes.ts';
import { isLive } from './payment.ts';

export interface OrderAction {
  readonly merchantId: string;
  readonly ref: OrderRef;
  /** Why, in the cashier's words; kept in the order's history. */
  readonly reason: string | null;
}

/** Cancels an unpaid order: closes it at the channel first, then here. One that is cancelled already stays so. */
export async function cancelOrder(needs: DeskNeeds, { merchantId, ref, reason }: OrderAction): Promise<OrderOutcome> {
  const fault = faultInNote('reason', reason);
  if (fault !== undefined) return fault;
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  if (order.status === 'CANCELLED') return { kind: 'order', order };
  if (next(orderLife, order.status, 'cancelled') === undefined) return illegal(order, 'cancelled');
  if (order.payments.find(isLive)?.method === 'AUTH_CODE') return { kind: 'payment_unresolved' };
  return cancelOutcome(await endOrder(needs, order, { reason: 'cancelled', note: reason }));
}

function cancelOutcome({ kind, order }: OrderEnd): OrderOutcome {
  switch (kind) {
    case 'cancelled':
      return { kind: 'order', order };
    case 'paid':
      return illegal(order, 'cancelled');
    case 'unresolved':
      return { kind: 'payment_unresolved' };
    case 'not_sent':
      return { kind: 'channel_unavailable' };
  }
}

export function illegal({ status }: WholeOrder, to: IllegalTransition['to']): IllegalTransition {
  return { kind: 'illegal_transition', from: status, to, allowed: allowedFrom(status) };
}
