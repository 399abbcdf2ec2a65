// The refund that undoes a sale: of everything that is left of a paid order.
import { changeOrder, type Decided } from './change-order.ts';
import { draftOf } from './draft.ts';
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

/** The refund of everything that is left, written down; a failed one of the same number is tried again. */
export function requestUndo(needs: DeskNeeds, order: WholeOrder, { reason, by }: Undoing): Promise<Undo> {
  return changeOrder<Undo>(needs, order, async (current) => {
    const { merchantId, paidPaymentId: paymentId } = current;
    const amountFen = refundableFen(current);
    const at = ownMoment(needs);
    const waits = current.refunds.find((one) => one.status === 'AWAITING_CONFIRMATION' && isUndo(current, one));
    if (waits !== undefined) return decided(knownAlready(current, waits, at));
    if (amountFen === 0n || paymentId === null) return nothing(current);
    const refundNo = undoNo(current, amountFen);
    const known = current.refunds.find((refund) => refund.refundNo === refundNo);
    if (known !== undefined && known.status !== 'FAILED') return decided(knownAlready(current, known, at));
    const wanted: Wanted = known ?? { id: at.newId(at.now), paymentId, refundNo, amountFen, reason };
    const asks = by === null || isToBeUndone(current) ? undefined : by;
    const judgement = asks ? await needs.judgeRefund({ merchantId, by: asks, amountFen, at: at.now }) : FREE;
    return askFor(current, wanted, { kind: 'reversal', by: by ?? BY_ITSELF, judgement, at });
  });
}

const BY_ITSELF: Asker = { credentialId: NOBODYS, terminalId: null };

function nothing(order: WholeOrder): Decided<Undo> {
  return { draft: draftOf(order), evidence: null, outcome: { kind: 'nothing', order } };
}

/** Of what is known already only a refund and a question are answers here. */
function decided({ draft, evidence, outcome }: ReturnType<typeof knownAlready>): Decided<Undo> {
  if (outcome.kind === 'refund' || outcome.kind === 'confirmation_required') return { draft, evidence, outcome };
  return { draft, evidence, outcome: { kind: 'nothing', order: draft.after } };
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
