import { applyFact, askPayment } from './ask-payment.ts';
import { changeOrder, type Decided } from './change-order.ts';
import { draftOf, paymentData, putEvent, putPayment } from './draft.ts';
import { endPayment } from './end-payment.ts';
import type { Fact } from './fact.ts';
import { faultInAuthCode } from './input-rules.ts';
import { next } from './life.ts';
import { beginPayment, makeWay, notPayable } from './make-way.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import { numberFor, type OrderRef, type WholeOrder } from './order.ts';
import type { NotCollectable, PaymentMade, PaymentOutcome } from './outcomes.ts';
import { isLive, newPayment, type Payment, type PaymentFact, type PaymentFailure, paymentLife } from './payment.ts';
import type { ChannelAnswer, Rejected } from './ports.ts';

export interface PayByAuthCodeNeeds extends DeskNeeds {
  /** A keyed hash, bound to the merchant: the code itself is never kept. */
  readonly hashAuthCode: (merchantId: string, authCode: string) => string;
  readonly authCodeDeadlineMs: number;
}

export interface PayByAuthCode {
  readonly merchantId: string;
  readonly ref: OrderRef;
  readonly authCode: string;
}

/** A cashier gets an answer within ten seconds; what is not known by then is found out afterwards. */
const ANSWER_WITHIN_MS = 9_000;

/**
 * Collects with the payment code that a till has scanned. The payment is written before the channel is
 * asked, so that a crash leaves it in doubt, never lost: it is asked about and called off at its deadline.
 */
export async function payByAuthCode(needs: PayByAuthCodeNeeds, asked: PayByAuthCode): Promise<PaymentOutcome> {
  const { merchantId, ref, authCode } = asked;
  const fault = faultInAuthCode(authCode);
  if (fault !== undefined) return fault;
  const answerBy = performance.now() + ANSWER_WITHIN_MS;
  const codeHash = needs.hashAuthCode(merchantId, authCode);
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  const known = answerFor(order, codeHash, needs.clock.now());
  if (known !== undefined) return known;
  // Nothing has been collected yet, so that who hears "unresolved" may scan again.
  const way = await soon(makeWay(needs, order), answerBy, { kind: 'payment_unresolved' });
  if (way.kind !== 'free') return way;
  const begun = await begin(needs, way.order, codeHash);
  if (!begun.fresh) return begun.outcome;
  return soon(collect(needs, begun.outcome, authCode), answerBy, inDoubt(begun.outcome));
}

/** To whoever waits no longer it is in doubt, whatever is written down of it so far. */
function inDoubt({ payment, order }: PaymentMade): PaymentMade {
  return { kind: 'payment', payment: { ...payment, status: 'UNKNOWN' }, order };
}

/** What can be said without asking the channel: the same code again answers the same payment. */
function answerFor(order: WholeOrder, codeHash: string, now: Date): PaymentMade | NotCollectable | undefined {
  const same = order.payments.find((payment) => payment.codeHash === codeHash);
  if (same !== undefined) return { kind: 'payment', payment: same, order };
  const live = order.payments.find(isLive);
  return notPayable(order, now) ?? (live?.method === 'AUTH_CODE' ? { kind: 'payment_unresolved' } : undefined);
}

type Begun =
  | { readonly fresh: true; readonly outcome: PaymentMade }
  | { readonly fresh: false; readonly outcome: PaymentOutcome };

function begin(needs: PayByAuthCodeNeeds, order: WholeOrder, codeHash: string): Promise<Begun> {
  const replaced = order.payments.find(isLive);
  return changeOrder<Begun>(needs, order, (current) => {
    const at = ownMoment(needs);
    const known = answerFor(current, codeHash, at.now);
    const other = current.payments.find(isLive);
    const busy = other?.id === replaced?.id ? undefined : ({ kind: 'payment_unresolved' } as const);
    const refusal = known ?? busy;
    if (refusal !== undefined)
      return { draft: draftOf(current), evidence: null, outcome: { fresh: false, outcome: refusal } };
    const payment = newPayment({
      id: at.newId(at.now),
      method: 'AUTH_CODE',
      amountFen: current.amountFen,
      outTradeNo: numberFor(current),
      codeHash,
      cancelAt: new Date(at.now.getTime() + needs.authCodeDeadlineMs),
      createdAt: at.now,
    });
    const draft = beginPayment(current, payment, at);
    return {
      draft,
      evidence: null,
      outcome: { fresh: true, outcome: { kind: 'payment', payment, order: draft.after } },
    };
  });
}

async function collect(needs: PayByAuthCodeNeeds, begun: PaymentMade, authCode: string): Promise<PaymentOutcome> {
  const { order, payment } = begun;
  const channel = await needs.channelOf(order);
  const answer = await channel.pay({ ...order, outTradeNo: payment.outTradeNo, authCode });
  if (answer.kind === 'accepted') return made(await applyFact(needs, order, answer), payment);
  if (answer.kind === 'rejected' && answer.subCode === 'TRADE_HAS_SUCCESS')
    return made((await askPayment(needs, order, payment)).order, payment);
  const after = await changeOrder(needs, order, (current) => decide(needs, current, { payment, answer }));
  if (answer.kind === 'not_sent') return { kind: 'channel_unavailable' };
  // What holds the number is ended, so that the next scan has one of its own (dossier 2.5).
  if (answer.kind === 'rejected' && answer.subCode === 'CONTEXT_INCONSISTENT')
    return made((await endPayment(needs, after, payment.outTradeNo)).order, payment);
  return made(after, payment);
}

function made(order: WholeOrder, { id }: Payment): PaymentOutcome {
  const payment = order.payments.find((one) => one.id === id);
  if (payment === undefined) throw new Error(`payment ${id} has vanished`);
  return { kind: 'payment', payment, order };
}

interface Answered {
  readonly payment: Payment;
  readonly answer: Exclude<ChannelAnswer<Fact>, { kind: 'accepted' }>;
}

/** A definite no ends the payment; what can't be told stays in doubt until the channel has been asked. */
function decide(needs: DeskNeeds, order: WholeOrder, { payment, answer }: Answered): Decided<WholeOrder> {
  const current = order.payments.find(({ id }) => id === payment.id);
  const fact: PaymentFact = answer.kind === 'unknown' ? 'doubted' : 'refused';
  const status = current && next(paymentLife, current.status, fact);
  if (current === undefined || status === undefined || status === current.status)
    return { draft: draftOf(order), evidence: null, outcome: order };
  const spent = answer.kind === 'rejected' && answer.subCode === 'TRADE_HAS_CLOSE';
  const channelEnd = spent ? 'closed' : current.channelEnd;
  // A code that was not sent is as good as new.
  const codeHash = answer.kind === 'not_sent' ? null : current.codeHash;
  const moved: Payment = { ...current, status, channelEnd, codeHash, failure: failureOf(answer) };
  const type = fact === 'doubted' ? 'payment.unknown' : 'payment.failed';
  const draft = putEvent(putPayment(draftOf(order), moved), ownMoment(needs), { type, data: paymentData(moved) });
  return { draft, evidence: null, outcome: draft.after };
}

const NOT_SENT: PaymentFailure = {
  subCode: null,
  message: 'Alipay could not be reached; nothing was sent. Please try again',
  messageZh: '无法连接支付宝，未发起收款，请重试',
};

function failureOf(answer: Exclude<ChannelAnswer<Fact>, { kind: 'accepted' }>): PaymentFailure | null {
  switch (answer.kind) {
    case 'unknown':
      return null;
    case 'not_sent':
      return NOT_SENT;
    case 'rejected':
      return failureFrom(answer);
  }
}

export function failureFrom({ subCode, message, messageZh }: Rejected): PaymentFailure {
  return { subCode, message, messageZh };
}

/** What comes of the work, or `meanwhile` when that takes longer than until `byMs`; the work goes on. */
async function soon<Outcome>(work: Promise<Outcome>, byMs: number, meanwhile: Outcome): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve(meanwhile), byMs - performance.now());
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
