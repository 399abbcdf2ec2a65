import { type OrderAction } from './cancel-order.ts';
import { cancelPayment } from './cancel-payment.ts';
import { changeOrder } from './change-order.ts';
import { type Draft, draftOf, type Moment, paymentData, putEvent, putOrder } from './draft.ts';
import { endOrder } from './end-order.ts';
import { faultInNote } from './input-rules.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import type { Asker } from './operation.ts';
import type { WholeOrder } from './order.ts';
import type { OrderOutcome, RefundOutcome } from './outcomes.ts';
import { isLive } from './payment.ts';
import { deliver } from './refund-order.ts';
import { requestUndo, type Undoing } from './request-undo.ts';

export interface ReverseOrder extends OrderAction {
  /** Whom the merchant's policy judges, should the order be paid. */
  readonly by: Asker;
}

/**
 * Undoes the sale, whichever way fits: calls it off when it is unpaid or in doubt, gives everything back when
 * it is paid. The wish is written down first, so that what this call can't finish is finished afterwards;
 * asking again is safe.
 *
 * Giving back an order that is known to be paid may wait for a second person, where the merchant's policy says so. What
 * turns out to be paid while it is called off goes back by itself.
 */
export async function reverseOrder(needs: DeskNeeds, asked: ReverseOrder): Promise<OrderOutcome> {
  const { merchantId, ref, reason, by } = asked;
  const fault = faultInNote('reason', reason);
  if (fault !== undefined) return fault;
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  const wished = order.status === 'PENDING' ? await wish(needs, order) : order;
  return wished.status === 'PENDING' ? callOff(needs, wished, reason) : undo(needs, wished, { reason, by });
}

/** The sale can't be paid from here on. A scanned payment code in doubt is called off, now or later. */
function wish(needs: DeskNeeds, order: WholeOrder): Promise<WholeOrder> {
  return changeOrder(needs, order, (current) => {
    const draft = wishedUndone(current, ownMoment(needs));
    return { draft, evidence: null, outcome: draft.after };
  });
}

/** Pure. An order without a live payment can be cancelled at once and needs no note of it. */
export function wishedUndone(order: WholeOrder, at: Moment): Draft {
  const live = order.payments.find(isLive);
  if (order.status !== 'PENDING' || order.undoAt !== null || live === undefined) return draftOf(order);
  const noted = putOrder(draftOf(order), { undoAt: at.now });
  return putEvent(noted, at, { type: 'payment.unknown', data: { ...paymentData(live), undo: true } });
}

async function callOff(needs: DeskNeeds, order: WholeOrder, note: string | null): Promise<OrderOutcome> {
  const live = order.payments.find(isLive);
  const called = live?.method === 'AUTH_CODE' ? await cancelPayment(needs, order, live) : undefined;
  if (called?.kind === 'not_sent') return { kind: 'channel_unavailable' };
  if (called?.kind === 'unresolved') return { kind: 'payment_unresolved' };
  const current = called?.order ?? order;
  if (current.status !== 'PENDING') return undo(needs, current, { reason: note, by: null });
  const ended = await endOrder(needs, current, { reason: 'undone', note });
  switch (ended.kind) {
    case 'cancelled':
      return { kind: 'order', order: ended.order };
    case 'paid':
      return undo(needs, ended.order, { reason: note, by: null });
    case 'unresolved':
      return { kind: 'payment_unresolved' };
    case 'not_sent':
      return { kind: 'channel_unavailable' };
  }
}

/** Gives back what is left of a paid order. Nothing left: it is undone, or about to be. */
async function undo(needs: DeskNeeds, order: WholeOrder, undoing: Undoing): Promise<OrderOutcome> {
  const requested = await requestUndo(needs, order, undoing);
  if (requested.kind === 'confirmation_required') return requested;
  if (requested.kind !== 'refund') return { kind: 'order', order: requested.order };
  return undone(await deliver(needs, requested));
}

function undone(outcome: RefundOutcome): OrderOutcome {
  if (outcome.kind !== 'refund') throw new Error(`a refund was requested and is ${outcome.kind}`);
  const { refund, order } = outcome;
  if (refund.status !== 'FAILED' || refund.failure === null) return { kind: 'order', order };
  const { subCode, message, messageZh } = refund.failure;
  return { kind: 'payment_rejected', subCode: subCode ?? '', message, messageZh };
}
