import { again, changeOrder } from './change-order.ts';
import { draftOf, putPayment } from './draft.ts';
import type { Fact } from './fact.ts';
import { hear } from './hear.ts';
import { answered, type DeskNeeds } from './needs.ts';
import type { WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';
import type { ChannelAnswer } from './ports.ts';

/** What the channel said of a payment, and the order as it is now. */
export interface Asked {
  readonly answer: ChannelAnswer<Fact>;
  readonly order: WholeOrder;
}

/** Queries the payment and applies what the channel says of it. */
export async function askPayment(
  needs: DeskNeeds,
  order: WholeOrder,
  { outTradeNo }: Pick<Payment, 'outTradeNo'>,
): Promise<Asked> {
  const answer = await (await needs.channelOf(order)).query(outTradeNo);
  return { answer, order: answer.kind === 'accepted' ? await applyFact(needs, order, answer) : order };
}

/**
 * Applies a fact that came as a signed answer; answers the order as it is then. What it says was given back may be a
 * refund of ours that was sent while the question was under way: that one is known as sent only to who reads now.
 */
export async function applyFact(
  needs: DeskNeeds,
  order: WholeOrder,
  answer: Extract<ChannelAnswer<Fact>, { kind: 'accepted' }>,
): Promise<WholeOrder> {
  const read = answer.value.refund === null ? order : await again(needs.orders, order);
  const { at, evidence } = await answered(needs, answer, read);
  return changeOrder(needs, read, (current) => {
    const { draft, verdict } = hear(current, answer.value, at);
    return { draft, evidence: { ...evidence, verdict }, outcome: draft.after };
  });
}

/** Queries a payment that succeeded while it was to be called off; what the answer says is the end of that doubt. */
export async function confirmPaid(needs: DeskNeeds, order: WholeOrder, payment: Payment): Promise<WholeOrder> {
  const asked = await askPayment(needs, order, payment);
  if (asked.answer.kind !== 'accepted') return asked.order;
  return changeOrder(needs, asked.order, (current) => {
    const confirmed = current.payments.find(({ id }) => id === payment.id);
    const draft = confirmed ? putPayment(draftOf(current), { ...confirmed, cancelAt: null }) : draftOf(current);
    return { draft, evidence: null, outcome: draft.after };
  });
}

/** True when the channel knows of no trade: nobody has scanned, or nothing was made. */
export function knowsNone(answer: ChannelAnswer<unknown>): boolean {
  return answer.kind === 'rejected' && answer.subCode === 'TRADE_NOT_EXIST';
}
