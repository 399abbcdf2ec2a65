// A refund that waits for a second person: its amount is reserved and nothing is sent.
import type { Decided } from './change-order.ts';
import { type Draft, draftOf, type Moment, putEvent, putRefund, putStep, refundData } from './draft.ts';
import { next } from './life.ts';
import { formatAmount } from './money.ts';
import { type Asker, CONFIRM_WITHIN_MS, type Judgement, NOBODYS, type Operation } from './operation.ts';
import type { WholeOrder } from './order.ts';
import type { ConfirmationRequired } from './outcomes.ts';
import { type Refund, refundLife } from './refund.ts';

export interface ToHold {
  readonly kind: 'refund' | 'reversal';
  readonly by: Asker;
  readonly judgement: Judgement;
  readonly at: Moment;
}

type Wanted = Pick<Refund, 'id' | 'paymentId' | 'refundNo' | 'amountFen' | 'reason'> & Partial<Refund>;

/** Pure. Writes down the wish; one of the same number that failed before waits like a new one. */
export function hold(order: WholeOrder, wanted: Wanted, toHold: ToHold): Decided<ConfirmationRequired> {
  const { at, by } = toHold;
  const heldUntil = new Date(at.now.getTime() + CONFIRM_WITHIN_MS);
  const fresh = { triedAt: null, createdAt: at.now, succeededAt: null };
  const refund: Refund = { ...fresh, ...wanted, status: 'AWAITING_CONFIRMATION', failure: null, heldUntil };
  const operation = operationOf(order, refund, toHold);
  const draft = putRefund(draftOf(order), refund);
  const data = { ...refundData(draft.after, refund), awaitsConfirmation: true };
  const noted = putStep(putEvent(draft, at, { type: 'refund.requested', data }), {
    kind: 'asked',
    operation,
    note: { id: at.newId(at.now), actor: by.credentialId, at: at.now },
  });
  return { draft: noted, evidence: null, outcome: waiting(noted.after, refund) };
}

function operationOf(order: WholeOrder, refund: Refund, { kind, judgement, at }: ToHold): Operation {
  const what = kind === 'refund' ? `Refund ${refund.refundNo}` : 'Undo';
  const why = refund.reason === null ? '' : `: ${refund.reason}`;
  return {
    id: refund.id,
    merchantId: order.merchantId,
    kind,
    orderId: order.id,
    askedBy: judgement.askedBy,
    askedAt: at.now,
    summary: `${what}: give back ${formatAmount(refund.amountFen)} of order ${order.merchantOrderNo}${why}`,
    state: 'WAITING',
    expiresAt: refund.heldUntil ?? at.now,
    decidedBy: null,
    decidedAt: null,
  };
}

/** Pure. What whoever asks for a waiting refund again hears; one whose time is over is turned down on the way. */
export function stillWaiting(
  order: WholeOrder,
  refund: Refund,
  at: Moment,
): Decided<ConfirmationRequired | { readonly kind: 'refund_rejected'; readonly refundNo: string }> {
  if (!isOverdue(refund, at.now)) return { draft: draftOf(order), evidence: null, outcome: waiting(order, refund) };
  const draft = turnedDown(order, refund, { at, why: 'expired', by: null });
  return { draft, evidence: null, outcome: { kind: 'refund_rejected', refundNo: refund.refundNo } };
}

function waiting(order: WholeOrder, refund: Refund): ConfirmationRequired {
  const expiresAt = refund.heldUntil ?? refund.createdAt;
  return { kind: 'confirmation_required', operationId: refund.id, expiresAt, held: { refund, order } };
}

export function isOverdue({ heldUntil }: Refund, now: Date): boolean {
  return heldUntil === null || now >= heldUntil;
}

export interface TurningDown {
  readonly at: Moment;
  /** `no_longer_fits`: so much of the order has been given back meanwhile that the rest is less. */
  readonly why: 'rejected' | 'expired' | 'no_longer_fits';
  readonly by: string | null;
}

/** Pure. Its amount is free again. */
export function turnedDown(order: WholeOrder, refund: Refund, { at, why, by }: TurningDown): Draft {
  const status = next(refundLife, refund.status, 'rejected');
  if (status === undefined || status === refund.status) return draftOf(order);
  const done: Refund = { ...refund, status };
  const draft = putRefund(draftOf(order), done);
  const data = { ...refundData(draft.after, done), reason: why };
  return putStep(putEvent(draft, at, { type: 'refund.rejected', data }), {
    kind: 'decided',
    id: refund.id,
    state: why === 'expired' ? 'EXPIRED' : 'REJECTED',
    decidedBy: by,
    note: { id: at.newId(at.now), actor: by ?? NOBODYS, at: at.now },
  });
}
