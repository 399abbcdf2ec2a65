import { askPayment } from './ask-payment.ts';
import { type Case, type CasePolicy, caseLife, caseRefundNo } from './case.ts';
import { changeOrder } from './change-order.ts';
import { type Draft, draftOf, type Moment, noteCase, putCase, putOrder } from './draft.ts';
import type { Fact } from './fact.ts';
import { next } from './life.ts';
import { sumFen } from './money.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import { orderLife, refundsOf, type WholeOrder } from './order.ts';
import type { ChannelAnswer } from './ports.ts';
import { isOpenRefund } from './refund.ts';
import { requestRefund } from './refund-order.ts';

export interface Settlement {
  readonly opened: Case;
  readonly how: Exclude<CasePolicy, 'HOLD'>;
  readonly note: string | null;
}

/**
 * Settles late or second money once the channel's own answer says that it is paid: accepts it, or writes down
 * a refund under the case's own number, which goes out in its turn and, whatever crashes, once.
 */
export async function settleCase(needs: DeskNeeds, order: WholeOrder, settlement: Settlement): Promise<WholeOrder> {
  const asked = await askPayment(needs, order, settlement.opened);
  if (!isPaid(asked.answer, settlement.opened)) return asked.order;
  return changeOrder(needs, asked.order, (current) => {
    const draft = settled(current, settlement, ownMoment(needs));
    return { draft, evidence: null, outcome: draft.after };
  });
}

/** Of its own trade: the number may hold another one. */
function isPaid(answer: ChannelAnswer<Fact>, { tradeNo }: Case): boolean {
  return answer.kind === 'accepted' && answer.value.state === 'paid' && answer.value.tradeNo === tradeNo;
}

/** Pure. */
export function settled(order: WholeOrder, { opened, how, note }: Settlement, at: Moment): Draft {
  const one = order.cases.find(({ id }) => id === opened.id);
  if (one === undefined || one.state !== 'OPEN') return draftOf(order);
  return how === 'ACCEPT' ? accepted(order, { ...one, note }, at) : refunded(order, { ...one, note }, at);
}

function accepted(order: WholeOrder, one: Case, at: Moment): Draft {
  const status = next(orderLife, order.status, 'accepted');
  const state = next(caseLife, one.state, 'accepted');
  const payment = order.payments.find(({ tradeNo, status: paid }) => tradeNo === one.tradeNo && paid === 'SUCCEEDED');
  if (status === undefined || state === undefined || payment === undefined || one.kind !== 'late')
    return draftOf(order);
  if (refundsOf(order, payment).some(isOpenRefund)) return draftOf(order);
  const given = refundsOf(order, payment).filter((refund) => refund.status === 'SUCCEEDED');
  const refundedFen = sumFen(given.map(({ amountFen }) => amountFen));
  const fields = { status, paidAt: payment.succeededAt, paidPaymentId: payment.id, refundedFen, undoAt: null };
  const resolved: Case = { ...one, state, resolvedAt: at.now };
  return putCase(putOrder(draftOf(order), fields), at, { type: 'case.resolved', one: resolved });
}

/** A refund that failed before is tried again under the same number. */
function refunded(order: WholeOrder, one: Case, at: Moment): Draft {
  const payment = order.payments.find(({ tradeNo }) => tradeNo === one.tradeNo);
  if (payment === undefined) return draftOf(order);
  const refunds = refundsOf(order, payment);
  if (refunds.some(({ status }) => status === 'PENDING')) return draftOf(order);
  const refundNo = caseRefundNo(one);
  const failed = refunds.find((refund) => refund.refundNo === refundNo && refund.status === 'FAILED');
  const given = refunds.filter(({ status }) => status === 'SUCCEEDED');
  const amountFen = one.amountFen - sumFen(given.map((refund) => refund.amountFen));
  if (amountFen <= 0n) return draftOf(order);
  const fresh = { id: at.newId(at.now), paymentId: payment.id, refundNo, amountFen, reason: null };
  return noteCase(requestRefund(order, failed ?? fresh, at).draft, one);
}
