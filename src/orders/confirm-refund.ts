import { changeOrder, type Decided } from './change-order.ts';
import { type Draft, draftOf, type Moment, putEvent, putRefund, putStep, refundData } from './draft.ts';
import { isOverdue, type TurningDown, turnedDown } from './hold-refund.ts';
import { next } from './life.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import type { WholeOrder } from './order.ts';
import type { ConfirmationInvalid, RefundOutcome } from './outcomes.ts';
import { type Refund, refundLife } from './refund.ts';
import { refundableFen, sendNow } from './refund-order.ts';

export interface RefundDecision {
  readonly merchantId: string;
  readonly orderId: string;
  /** The operation's id too. */
  readonly refundId: string;
  readonly approve: boolean;
  /** The credential that decides. */
  readonly by: string;
}

export type ConfirmRefundOutcome = Extract<RefundOutcome, { kind: 'refund' }> | ConfirmationInvalid;

/**
 * Lets a waiting refund go out, or turns it down. Of several who decide at once one does: the order's version guards it.
 * One that is approved goes out in its turn under its own number, like any other.
 */
export async function confirmRefund(needs: DeskNeeds, decision: RefundDecision): Promise<ConfirmRefundOutcome> {
  const { merchantId, orderId, refundId } = decision;
  const order = await needs.orders.find(merchantId, { id: orderId });
  if (order === undefined) throw new Error(`the order of operation ${refundId} has vanished`);
  const outcome = await changeOrder(needs, order, (current) => decide(current, decision, ownMoment(needs)));
  if (outcome.kind !== 'refund' || outcome.refund.status !== 'PENDING') return outcome;
  const sent = await sendNow(needs, outcome.order, outcome.refund);
  return sent.kind === 'refund' ? sent : outcome;
}

/** Nobody has decided in time. */
export function expireRefund(needs: DeskNeeds, order: WholeOrder, { id }: Refund): Promise<WholeOrder> {
  return changeOrder(needs, order, (current) => {
    const at = ownMoment(needs);
    const refund = current.refunds.find((one) => one.id === id);
    const isOver = refund?.status === 'AWAITING_CONFIRMATION' && isOverdue(refund, at.now);
    const draft = isOver ? turnedDown(current, refund, { at, why: 'expired', by: null }) : draftOf(current);
    return { draft, evidence: null, outcome: draft.after };
  });
}

/** Pure. A time that is over, or money that has gone another way meanwhile, decides against the checker. */
function decide(
  order: WholeOrder,
  { refundId, approve, by }: RefundDecision,
  at: Moment,
): Decided<ConfirmRefundOutcome> {
  const refund = order.refunds.find(({ id }) => id === refundId);
  if (refund?.status !== 'AWAITING_CONFIRMATION') return invalid(draftOf(order), 'It does not wait any more');
  const down = (why: TurningDown['why'], who: string | null) => turnedDown(order, refund, { at, why, by: who });
  if (isOverdue(refund, at.now)) return invalid(down('expired', null), 'Its time is over');
  if (!approve) return decided(down('rejected', by), refundId);
  if (refund.amountFen > refundableFen(without(order, refund)))
    return invalid(down('no_longer_fits', by), 'Less than that is left to give back by now; it has been turned down');
  return decided(approved(order, refund, { at, by }), refundId);
}

function without(order: WholeOrder, { id }: Refund): WholeOrder {
  return { ...order, refunds: order.refunds.filter((one) => one.id !== id) };
}

function approved(order: WholeOrder, refund: Refund, { at, by }: { at: Moment; by: string }): Draft {
  const status = next(refundLife, refund.status, 'confirmed') ?? refund.status;
  const draft = putRefund(draftOf(order), { ...refund, status });
  return putStep(putEvent(draft, at, { type: 'refund.confirmed', data: refundData(draft.after, refund) }), {
    kind: 'decided',
    id: refund.id,
    state: 'APPROVED',
    decidedBy: by,
    note: { id: at.newId(at.now), actor: by, at: at.now },
  });
}

function decided(draft: Draft, refundId: string): Decided<ConfirmRefundOutcome> {
  const refund = draft.after.refunds.find(({ id }) => id === refundId);
  if (refund === undefined) throw new Error(`refund ${refundId} has vanished`);
  return { draft, evidence: null, outcome: { kind: 'refund', refund, order: draft.after } };
}

function invalid(draft: Draft, message: string): Decided<ConfirmRefundOutcome> {
  return { draft, evidence: null, outcome: { kind: 'confirmation_invalid', message } };
}
