import { askPayment } from './ask-payment.ts';
import { changeOrder, type Decided } from './change-order.ts';
import { doubted, offered, rejected } from './decide-precreate.ts';
import { draftOf } from './draft.ts';
import { endPayment } from './end-payment.ts';
import { beginPayment, makeWay, notPayable } from './make-way.ts';
import { answered, type DeskNeeds, ownMoment } from './needs.ts';
import { numberFor, type OrderRef, type WholeOrder } from './order.ts';
import type { PaymentMade, PaymentOutcome } from './outcomes.ts';
import { hasLiveOffer, isLive, newPayment, type Payment } from './payment.ts';
import type { ChannelAnswer } from './ports.ts';

/** Alipay's QR codes live two hours at most, whatever the order's own time. */
const CODE_LIFE_MS = 2 * 60 * 60_000;
/** Refusals after which the number's own state decides: it may be closed, or paid, or hold other details. */
const NUMBER_IN_USE: readonly string[] = ['TRADE_HAS_CLOSE', 'CONTEXT_INCONSISTENT'];

export interface PrecreateNeeds extends DeskNeeds {
  /** Questions under way, by order: callers for the same order share one. */
  readonly asking: Map<string, Promise<PaymentOutcome>>;
  /** The order, when this process has just made it. */
  readonly fresh?: (merchantId: string, ref: OrderRef) => WholeOrder | undefined;
}

/**
 * Answers the order's live QR code, or asks the channel for one. For the order's own number nothing is
 * written before the call: createOrder has reserved it, and a repeat asks the same again.
 */
export async function precreateQrCode(
  needs: PrecreateNeeds,
  { merchantId, ref }: { merchantId: string; ref: OrderRef },
): Promise<PaymentOutcome> {
  const order = needs.fresh?.(merchantId, ref) ?? (await needs.orders.find(merchantId, ref));
  if (order === undefined) return { kind: 'order_not_found' };
  const known = answerFor(order, needs.clock.now());
  if (known !== undefined) return known;
  const underWay = needs.asking.get(order.id);
  if (underWay !== undefined) return underWay;
  const asked = collect(needs, order).finally(() => needs.asking.delete(order.id));
  needs.asking.set(order.id, asked);
  return asked;
}

/** What can be said without asking the channel. */
function answerFor(order: WholeOrder, now: Date): PaymentOutcome | undefined {
  const live = order.payments.find(isLive);
  const refusal = notPayable(order, now);
  if (refusal !== undefined) return refusal;
  if (live?.method === 'AUTH_CODE') return { kind: 'payment_unresolved' };
  return live?.method === 'QR_CODE' && hasLiveOffer(live, now) ? made(order, live) : undefined;
}

async function collect(needs: PrecreateNeeds, order: WholeOrder): Promise<PaymentOutcome> {
  const answer = await ask(needs, order);
  if (answer.kind !== 'payment_rejected' || !NUMBER_IN_USE.includes(answer.subCode)) return answer;
  const ended = await endPayment(needs, order, numberFor(order));
  if (ended.kind === 'paid' || ended.kind === 'ended')
    return answerFor(ended.order, needs.clock.now()) ?? ask(needs, ended.order);
  return answer;
}

async function ask(needs: PrecreateNeeds, given: WholeOrder): Promise<PaymentOutcome> {
  const ready = await reserve(needs, given);
  if (ready.kind !== 'free') return ready;
  const { order } = ready;
  const askedAt = needs.clock.now();
  const outTradeNo = numberFor(order);
  const answer = await (await needs.channelOf(order)).precreate({ ...order, outTradeNo });
  if (answer.kind === 'not_sent') return { kind: 'channel_unavailable' };
  if (answer.kind === 'rejected' && answer.subCode === 'TRADE_HAS_SUCCESS') return settle(needs, order, outTradeNo);
  const until = new Date(Math.min(order.expiresAt.getTime(), askedAt.getTime() + CODE_LIFE_MS));
  const cause = answer.kind === 'accepted' ? await answered(needs, answer, order) : undefined;
  return changeOrder(needs, order, (current) => {
    const decided = decide(needs, current, { answer, outTradeNo, until, at: cause?.at ?? ownMoment(needs) });
    return { ...decided, evidence: decided.draft.events.length > 0 ? (cause?.evidence ?? null) : null };
  });
}

/** Makes room for a QR code; a number that createOrder has not reserved is written down before it is used. */
async function reserve(needs: PrecreateNeeds, given: WholeOrder) {
  const other = given.payments.find(isLive);
  const way =
    other && other.method !== 'QR_CODE' ? await makeWay(needs, given) : { kind: 'free' as const, order: given };
  if (way.kind !== 'free') return way;
  const live = way.order.payments.find(isLive);
  const outTradeNo = numberFor(way.order);
  if (live?.method === 'QR_CODE' || (live === undefined && outTradeNo === way.order.merchantOrderNo)) return way;
  return changeOrder<typeof way>(needs, way.order, (current) => {
    const at = ownMoment(needs);
    const { amountFen } = current;
    const payment = newPayment({ id: at.newId(at.now), method: 'QR_CODE', amountFen, outTradeNo, createdAt: at.now });
    const moved = current.payments.find(isLive)?.id !== live?.id || notPayable(current, at.now) !== undefined;
    const draft = moved ? draftOf(current) : beginPayment(current, payment, at);
    return { draft, evidence: null, outcome: { kind: 'free', order: draft.after } };
  });
}

interface Asked {
  readonly answer: Exclude<ChannelAnswer<{ readonly qrContent: string }>, { kind: 'not_sent' }>;
  /** The number that the code was asked for. */
  readonly outTradeNo: string;
  readonly until: Date;
  readonly at: ReturnType<typeof ownMoment>;
}

function decide(
  needs: PrecreateNeeds,
  order: WholeOrder,
  { answer, outTradeNo, until, at }: Asked,
): Omit<Decided<PaymentOutcome>, 'evidence'> {
  const known = answerFor(order, needs.clock.now()) ?? begunMeanwhile(order, outTradeNo);
  if (known !== undefined) return { draft: draftOf(order), outcome: known };
  if (answer.kind === 'rejected')
    return { draft: rejected(order, answer, at), outcome: { ...answer, kind: 'payment_rejected' } };
  const decided =
    answer.kind === 'accepted' ? offered(order, { offer: answer.value.qrContent, until }, at) : doubted(order, at);
  return { draft: decided.draft, outcome: made(decided.draft.after, decided.payment) };
}

/**
 * Another way of collecting was begun while the channel was asked, or its number was spent by one that is over already: the
 * code is shown to nobody.
 */
function begunMeanwhile(order: WholeOrder, outTradeNo: string): PaymentOutcome | undefined {
  const live = order.payments.find(isLive);
  const other = live === undefined ? numberFor(order) !== outTradeNo : live.method !== 'QR_CODE';
  return other ? { kind: 'payment_unresolved' } : undefined;
}

function made(order: WholeOrder, payment: Payment): PaymentMade {
  return { kind: 'payment', payment, order };
}

/** The channel holds the number for paid: its own word for that decides, never the refusal alone. */
async function settle(needs: PrecreateNeeds, order: WholeOrder, outTradeNo: string): Promise<PaymentOutcome> {
  const asked = await askPayment(needs, order, { outTradeNo });
  return answerFor(asked.order, needs.clock.now()) ?? { kind: 'payment_unresolved' };
}
