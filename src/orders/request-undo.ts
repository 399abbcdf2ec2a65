// The refund that undoes a sale: of everything that is left of a paid order.
import { changeOrder, type Decided } from './change-order.ts';
import { draftOf, type Moment } from './draft.ts';
import { isOverdue } from './hold-refund.ts';
import type { Fen } from './money.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import { type Asker, FREE, NOBODYS } from './operation.ts';
import { isToBeUndone, type WholeOrder } from './order.ts';
import type { ConfirmationRequired } from './outcomes.ts';
import type { Refund } from './refund.ts';
import { askFor, knownAlready, type Requested, refundableFen, type Wanted } from './refund-order.ts';

export interface Undoing {
  readonly reason: string | null;
  /** Null: it goes back by itself, and nobody is asked. */
  readonly by: Asker | null;
}

export type Undo = Requested | ConfirmationRequired | { readonly kind: 'nothing'; readonly order: WholeOrder };

/** A refund whose time was over stood in the way. */
type Decision = Undo | { readonly kind: 'turned_down'; readonly order: WholeOrder };

/**
 * The refund of everything that is left, written down; a failed one of the same number is tried again. While what is left
 * waits for a second person, the answer is what waits. What has waited too long is turned down first, and is left again.
 */
export async function requestUndo(needs: DeskNeeds, order: WholeOrder, undoing: Undoing): Promise<Undo> {
  const decision = await changeOrder<Decision>(needs, order, (current) => decide(needs, current, undoing));
  return decision.kind === 'turned_down' ? requestUndo(needs, decision.order, undoing) : decision;
}

async function decide(needs: DeskNeeds, order: WholeOrder, { reason, by }: Undoing): Promise<Decided<Decision>> {
  const { merchantId, paidPaymentId: paymentId } = order;
  const amountFen = refundableFen(order);
  const at = ownMoment(needs);
  const waits = waitingIn(order, at);
  if (waits !== undefined) return decided(knownAlready(order, waits, at));
  if (amountFen === 0n || paymentId === null) return nothing(order);
  const refundNo = undoNo(order, amountFen);
  const known = order.refunds.find((refund) => refund.refundNo === refundNo);
  if (known !== undefined && known.status !== 'FAILED') return decided(knownAlready(order, known, at));
  const wanted: Wanted = known ?? { id: at.newId(at.now), paymentId, refundNo, amountFen, reason };
  const asks = by === null || isToBeUndone(order) ? undefined : by;
  const judgement = asks ? await needs.judgeRefund({ merchantId, by: asks, amountFen, at: at.now }) : FREE;
  return askFor(order, wanted, { kind: 'reversal', by: by ?? BY_ITSELF, judgement, at });
}

const BY_ITSELF: Asker = { credentialId: NOBODYS, terminalId: null };

/** What whoever undoes hears of first: what is over, its own undo, or whatever holds all that is left. */
function waitingIn(order: WholeOrder, { now }: Moment): Refund | undefined {
  const waiting = order.refunds.filter(({ status }) => status === 'AWAITING_CONFIRMATION');
  const holdsAll = refundableFen(order) === 0n && order.refundedFen < order.amountFen;
  return (
    waiting.find((refund) => isOverdue(refund, now)) ??
    waiting.find((refund) => isUndo(order, refund)) ??
    (holdsAll ? waiting[0] : undefined)
  );
}

function nothing(order: WholeOrder): Decided<Undo> {
  return { draft: draftOf(order), evidence: null, outcome: { kind: 'nothing', order } };
}

/** One that is turned down here is no answer: the sale is undone under the next number. */
function decided({ draft, evidence, outcome }: ReturnType<typeof knownAlready>): Decided<Decision> {
  if (outcome.kind === 'refund' || outcome.kind === 'confirmation_required') return { draft, evidence, outcome };
  return { draft, evidence, outcome: { kind: 'turned_down', order: draft.after } };
}

/** The same at every try; one that a second person has turned down leaves its number and is asked for under the next. */
function undoNo(order: WholeOrder, amountFen: Fen): string {
  const rest = `${order.id.replaceAll('-', '')}_${order.refundedFen}_${amountFen}`;
  const isOver = (no: string) => order.refunds.some(({ refundNo, status }) => refundNo === no && status === 'REJECTED');
  let no = `reverse_${rest}`;
  for (let again = 1; isOver(no); again += 1) no = `undo${again}_${rest}`;
  return no;
}

function isUndo({ id }: WholeOrder, { refundNo }: Refund): boolean {
  return /^(reverse|undo\d+)$/.test(refundNo.split('_')[0] ?? '') && refundNo.includes(id.replaceAll('-', ''));
}
