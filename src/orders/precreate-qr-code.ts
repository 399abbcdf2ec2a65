import { type ChangeNeeds, changeOrder, type Decided } from './change-order.ts';
import { closedAtChannel, doubted, offered, rejected } from './decide-precreate.ts';
import { draftOf } from './draft.ts';
import { hear } from './hear.ts';
import { isPayable, type OrderRef, type WholeOrder } from './order.ts';
import type { PrecreateOutcome } from './outcomes.ts';
import { hasLiveCode, isLive, type Payment } from './payment.ts';
import type { ChannelAnswer, Evidence, NewId, PaymentChannel } from './ports.ts';

/** Alipay's QR codes live two hours at most, whatever the order's own time. */
const CODE_LIFE_MS = 2 * 60 * 60_000;

export interface PrecreateNeeds extends ChangeNeeds {
  readonly channel: PaymentChannel;
  readonly newId: NewId;
  /** Questions under way, by order: callers for the same order share one. */
  readonly asking: Map<string, Promise<PrecreateOutcome>>;
}

/**
 * Answers the order's live QR code, or asks the channel for one under the order's own number. Nothing
 * is written before the call: createOrder has reserved the number, and a repeat asks the same again.
 */
export async function precreateQrCode(
  needs: PrecreateNeeds,
  { merchantId, ref }: { merchantId: string; ref: OrderRef },
): Promise<PrecreateOutcome> {
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  const answered = answerFor(order, needs.clock.now());
  if (answered !== undefined) return answered;
  const underWay = needs.asking.get(order.id);
  if (underWay !== undefined) return underWay;
  const asked = ask(needs, order).finally(() => needs.asking.delete(order.id));
  needs.asking.set(order.id, asked);
  return asked;
}

/** What can be said without asking the channel. */
function answerFor(order: WholeOrder, now: Date): PrecreateOutcome | undefined {
  const live = order.payments.find(isLive);
  if (!isPayable(order, now))
    return { kind: 'order_not_payable', status: order.status, expired: now >= order.expiresAt };
  if (live !== undefined && live.method !== 'QR_CODE') return { kind: 'payment_unresolved' };
  return live !== undefined && hasLiveCode(live, now) ? { kind: 'payment', payment: live, order } : undefined;
}

async function ask(needs: PrecreateNeeds, order: WholeOrder): Promise<PrecreateOutcome> {
  const askedAt = needs.clock.now();
  const answer = await needs.channel.precreate({ ...order, outTradeNo: order.merchantOrderNo });
  if (answer.kind === 'not_sent') return { kind: 'channel_unavailable' };
  if (answer.kind === 'rejected' && answer.subCode === 'TRADE_HAS_SUCCESS') return settle(needs, order);
  const evidence = evidenceOf(needs, order, answer);
  const until = new Date(Math.min(order.expiresAt.getTime(), askedAt.getTime() + CODE_LIFE_MS));
  return changeOrder(needs, order, (current) => decide(needs, current, { answer, evidence, until }));
}

interface Asked {
  readonly answer: Exclude<ChannelAnswer<{ readonly qrContent: string }>, { kind: 'not_sent' }>;
  readonly evidence: Evidence | null;
  readonly until: Date;
}

function decide(needs: PrecreateNeeds, order: WholeOrder, asked: Asked): Decided<PrecreateOutcome> {
  const { answer, evidence, until } = asked;
  const now = needs.clock.now();
  const at = { now, newId: needs.newId, evidenceId: evidence?.id ?? null };
  const settled = answerFor(order, now);
  if (settled !== undefined) return { draft: draftOf(order), evidence: null, outcome: settled };
  if (answer.kind === 'rejected') {
    const draft =
      answer.subCode === 'TRADE_HAS_CLOSE' ? closedAtChannel(order, answer, at) : rejected(order, answer, at);
    return { draft, evidence: null, outcome: { ...answer, kind: 'payment_rejected' } };
  }
  const decided =
    answer.kind === 'accepted' ? offered(order, { qrContent: answer.value.qrContent, until }, at) : doubted(order, at);
  return { draft: decided.draft, evidence, outcome: paymentOutcome(decided.draft.after, decided.payment) };
}

function paymentOutcome(order: WholeOrder, payment: Payment): PrecreateOutcome {
  return { kind: 'payment', payment, order };
}

function evidenceOf(needs: PrecreateNeeds, order: WholeOrder, answer: ChannelAnswer<unknown>): Evidence | null {
  if (answer.kind !== 'accepted') return null;
  const now = needs.clock.now();
  return {
    id: needs.newId(now),
    merchantId: order.merchantId,
    orderId: order.id,
    kind: 'answer',
    notifyId: null,
    receivedAt: now,
    bytes: answer.bytes,
    verdict: 'applied',
  };
}

/** The channel holds the number for paid: its own word for that decides, never the refusal alone. */
async function settle(needs: PrecreateNeeds, order: WholeOrder): Promise<PrecreateOutcome> {
  const answer = await needs.channel.query(order.merchantOrderNo);
  if (answer.kind !== 'accepted') return { kind: 'payment_unresolved' };
  const evidence = evidenceOf(needs, order, answer);
  const at = { now: needs.clock.now(), newId: needs.newId, evidenceId: evidence?.id ?? null };
  return changeOrder(needs, order, (current) => {
    const { draft, verdict } = hear(current, answer.value, at);
    const outcome = answerFor(draft.after, at.now) ?? { kind: 'payment_unresolved' };
    return { draft, evidence: evidence && { ...evidence, verdict }, outcome };
  });
}
