import { agendaOf, checkAfter, REFUND_SPACING_MS } from './agenda.ts';
import { illegal } from './cancel-order.ts';
import { changeOrder, type Decided } from './change-order.ts';
import { type Draft, draftOf, type Moment, putEvent, putRefund, putTurn, refundData } from './draft.ts';
import { giveBack, giveBackFirst } from './give-back.ts';
import { hold, stillWaiting, type ToHold } from './hold-refund.ts';
import { faultInNote, faultInRefundNo, invalid } from './input-rules.ts';
import { type Fen, sumFen } from './money.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import type { Asker } from './operation.ts';
import { type OrderRef, refundsOf, type WholeOrder } from './order.ts';
import type { ConfirmationRequired, RefundOutcome } from './outcomes.ts';
import { isOpenRefund, type Refund } from './refund.ts';

export interface RefundOrder {
  readonly merchantId: string;
  readonly ref: OrderRef;
  /** The idempotency key, Alipay's out_request_no. */
  readonly refundNo: string;
  readonly amountFen: Fen;
  readonly reason: string | null;
  /** Whom the merchant's policy judges. */
  readonly by: Asker;
}

/**
 * Gives back a part of what was paid, or all of it. The refund is written, and its amount reserved, before
 * the channel is asked; one whose answer is unknown stays PENDING and is found out about. The same number
 * with the same amount answers the same refund, and tries one that failed again.
 *
 * Where the merchant's policy asks for a second person the refund waits, its amount reserved. One that was confirmed once
 * stays so: when it fails it is tried again without asking. One that was turned down is over, and its number with it.
 */
export async function refundOrder(needs: DeskNeeds, command: RefundOrder): Promise<RefundOutcome> {
  const { merchantId, ref, refundNo, amountFen, reason } = command;
  const fault = faultInRefundNo(refundNo) ?? faultInNote('reason', reason);
  if (fault !== undefined) return fault;
  if (amountFen <= 0n) return invalid('amount', 'must be more than 0.00');
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  const outcome = await changeOrder(needs, order, async (current) => {
    const at = ownMoment(needs);
    const judgement = await needs.judgeRefund({ merchantId, by: command.by, amountFen, at: at.now });
    return decide(current, command, { kind: 'refund', by: command.by, judgement, at });
  });
  return outcome.kind === 'refund' ? deliver(needs, outcome) : outcome;
}

/** A refund that is written down. `isFirst`: as sent, by whoever has written it, who is to send it. */
export interface Requested {
  readonly kind: 'refund';
  readonly refund: Refund;
  readonly order: WholeOrder;
  readonly isFirst: boolean;
}

/** Sends it at once when it is its turn. */
export async function deliver(needs: DeskNeeds, { order, refund, isFirst }: Requested): Promise<RefundOutcome> {
  if (!isFirst) return sendNow(needs, order, refund);
  const after = await giveBackFirst(needs, order, refund);
  return { kind: 'refund', refund: refundIn(after, refund.id), order: after };
}

/** Sends a pending refund at once when it is its turn; else it goes out in its turn, three seconds after the last. */
export async function sendNow(needs: DeskNeeds, order: WholeOrder, { id }: Refund): Promise<RefundOutcome> {
  const taken = await needs.checks.takeOne(order.merchantId, order.id);
  if (taken === undefined) return { kind: 'refund', refund: refundIn(order, id), order };
  // Only now, with the check in hand, does the order tell what has been sent, and when.
  let after = taken.order;
  try {
    const turn = agendaOf(after, taken, needs.pace).find((due) => due.kind === 'refund' && due.refund.id === id);
    if (turn?.kind === 'refund' && turn.at <= needs.clock.now()) after = await giveBack(needs, after, turn.refund);
  } finally {
    const next = checkAfter(after, { lookedAt: needs.clock.now(), tries: 0 }, needs.pace);
    // The statement that left nothing to do has dropped the check.
    if (next !== null || after === taken.order) await needs.checks.putBack(taken, next);
  }
  return { kind: 'refund', refund: refundIn(after, id), order: after };
}

function refundIn(order: WholeOrder, id: string): Refund {
  const refund = order.refunds.find((one) => one.id === id);
  if (refund === undefined) throw new Error(`refund ${id} has vanished`);
  return refund;
}

/** Pure. What is neither given back nor reserved of the payment that made the order PAID. */
export function refundableFen(order: WholeOrder): Fen {
  const payment = order.payments.find(({ id }) => id === order.paidPaymentId);
  if (payment === undefined) return 0n;
  const reserved = refundsOf(order, payment).filter(isOpenRefund);
  const left = order.amountFen - order.refundedFen - sumFen(reserved.map(({ amountFen }) => amountFen));
  return left > 0n ? left : 0n;
}

type Asked = Pick<RefundOrder, 'refundNo' | 'amountFen' | 'reason'>;

type Decision = Exclude<RefundOutcome, { kind: 'refund' }> | Requested;

function decide(order: WholeOrder, asked: Asked, toHold: ToHold): Decided<Decision> {
  const { at } = toHold;
  const nothing = { draft: draftOf(order), evidence: null };
  const known = order.refunds.find(({ refundNo }) => refundNo === asked.refundNo);
  if (known !== undefined && known.amountFen !== asked.amountFen)
    return { ...nothing, outcome: { kind: 'refund_no_conflict', refundNo: asked.refundNo } };
  if (known !== undefined && known.status !== 'FAILED') return knownAlready(order, known, at);
  if (order.paidPaymentId === null) return { ...nothing, outcome: illegal(order, 'refundedInFull') };
  const refundable = refundableFen(order);
  if (asked.amountFen > refundable)
    return { ...nothing, outcome: { kind: 'refund_exceeds_paid', refundableFen: refundable } };
  const { refundNo, amountFen, reason } = asked;
  const refund = known ?? { refundNo, amountFen, reason, id: at.newId(at.now), paymentId: order.paidPaymentId };
  return askFor(order, refund, toHold);
}

/** Pure. What has become of a refund, for whoever asks for it again. */
export function knownAlready(order: WholeOrder, refund: Refund, at: Moment): Decided<Decision> {
  if (refund.status === 'AWAITING_CONFIRMATION') return stillWaiting(order, refund, at);
  const outcome: Decision =
    refund.status === 'REJECTED'
      ? { kind: 'refund_rejected', refundNo: refund.refundNo }
      : { kind: 'refund', refund, order, isFirst: false };
  return { draft: draftOf(order), evidence: null, outcome };
}

/** Pure. Has it wait for a second person where one is to agree and has not yet; else it goes out in its turn. */
export function askFor(order: WholeOrder, wanted: Wanted, toHold: ToHold): Decided<Requested | ConfirmationRequired> {
  const { judgement, at } = toHold;
  const wasConfirmed = (wanted.heldUntil ?? null) !== null;
  const asked = judgement.isHeld && !wasConfirmed ? hold(order, wanted, toHold) : requestNow(order, wanted, at);
  return { ...asked, draft: putTurn(asked.draft, wanted.id, judgement.turn) };
}

/**
 * Pure. Writes down the wish. Where nothing is being given back, nor was in the last seconds, the same statement notes it
 * as sent: whoever else began to give back would have moved the version.
 */
function requestNow(order: WholeOrder, wanted: Wanted, at: Moment): Decided<Requested> {
  const isFirst = !isKnown(order, wanted) && isTurn(order, at.now);
  const { draft, refund } = requestRefund(order, isFirst ? { ...wanted, triedAt: at.now } : wanted, at);
  return { draft, evidence: null, outcome: { kind: 'refund', refund, order: draft.after, isFirst } };
}

/** What became of one that was tried before is asked first. */
function isKnown({ refunds }: WholeOrder, { refundNo }: Wanted): boolean {
  return refunds.some((one) => one.refundNo === refundNo);
}

function isTurn({ refunds }: WholeOrder, now: Date): boolean {
  return refunds.every(
    ({ status, triedAt }) =>
      status !== 'PENDING' && (triedAt === null || now.getTime() - triedAt.getTime() >= REFUND_SPACING_MS),
  );
}

export type Wanted = Asked & Pick<Refund, 'id' | 'paymentId'> & Partial<Refund>;

/** Pure. Writes down the wish before anything is sent. */
export function requestRefund(order: WholeOrder, wanted: Wanted, at: Moment): { draft: Draft; refund: Refund } {
  const fresh = { triedAt: null, createdAt: at.now, succeededAt: null, heldUntil: null };
  const refund: Refund = { ...fresh, ...wanted, status: 'PENDING', failure: null };
  const draft = putRefund(draftOf(order), refund);
  return { refund, draft: putEvent(draft, at, { type: 'refund.requested', data: refundData(draft.after, refund) }) };
}
