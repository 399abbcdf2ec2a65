// What has to be done about an order without anybody asking, and when. Pure: the order's row says it all, so
// that any process can go on where another has stopped.
import { type Case, caseRefundNo } from './case.ts';
import { next } from './life.ts';
import { GRACE_MS, isExposed, isToBeUndone, orderLife, type WholeOrder } from './order.ts';
import { isLive, isToConfirm, type Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/**
 * `ask`: query a payment; what a buyer has begun after the sale's end is closed. `cancel`: call a scanned code off. `end`: the sale's time is over. `undo`: it turned
 * out to be paid although it was to be undone. `refund`: send it, or find out. `expire`: nobody has agreed to it in time. `settle`: a case has a rule.
 */
export type Task =
  | { readonly kind: 'ask'; readonly payment: Payment }
  | { readonly kind: 'cancel'; readonly payment: Payment }
  | { readonly kind: 'end' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'expire'; readonly refund: Refund }
  | { readonly kind: 'settle'; readonly opened: Case };

export type Due = Task & { readonly at: Date };

/** When an order is to be looked at again. */
export interface Check {
  readonly dueAt: Date;
  /** When it was last looked at, and how often in vain since something last happened. */
  readonly lookedAt: Date;
  readonly tries: number;
}

export type Looked = Pick<Check, 'lookedAt' | 'tries'>;

export interface Pace {
  /** The first gap between two queries of an unresolved payment. */
  readonly checkIntervalMs: number;
  /** Between 0 and 1: spreads the questions of orders that were made at the same moment. None: they are not spread. */
  readonly jitter?: () => number;
}

/** Gaps grow by a quarter each time, up to half a minute for the first ten minutes or so, then to five. */
const GROWTH = 1.25;
const MAX_GAP_MS = 30_000;
const EARLY_TRIES = 30;
const MAX_LATE_GAP_MS = 300_000;
const JITTER = 0.1;
/** Longer than a call to Alipay can take. */
const CONFIRM_AFTER_MS = 15_000;
/** A cashier waits for the end of a cancel: it is tried again this soon. */
const CANCEL_GAP_MS = 5_000;
/**
 * Alipay: at least three seconds between refunds of one trade, at least ten before asking about one (dossier 3.1, 5).
 * Half a second more, because Alipay counts from when the first one reached it.
 */
export const REFUND_SPACING_MS = 3_500;
export const REFUND_QUERY_AFTER_MS = 10_000;

/** Everything that is on the order's agenda, the most urgent first. */
export function agendaOf(order: WholeOrder, looked: Looked, pace: Pace): readonly Due[] {
  const retryAt = after(looked.lookedAt, gapMs(looked.tries, pace));
  const dues = [
    ...paymentDues(order, looked, pace),
    ...endDues(order, looked, retryAt),
    ...undoDues(order, looked, retryAt),
    ...exposedDues(order, looked, retryAt),
    ...confirmDues(order, looked, retryAt),
    ...refundDues(order, looked, pace),
    ...heldDues(order, looked, retryAt),
    ...caseDues(order, looked, retryAt),
  ];
  return dues.sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** The order's next check after a look at it; null when nothing is left to do. A question may come a tenth late. */
export function checkAfter(order: WholeOrder, looked: Looked, pace: Pace): Check | null {
  const [first] = agendaOf(order, looked, pace);
  if (first === undefined) return null;
  const late =
    first.kind === 'ask' ? JITTER * (pace.jitter?.() ?? 0) * (first.at.getTime() - looked.lookedAt.getTime()) : 0;
  return { ...looked, dueAt: after(first.at, Math.round(late)) };
}

export function gapMs(tries: number, { checkIntervalMs }: Pace): number {
  const early = Math.min(
    checkIntervalMs * GROWTH ** Math.min(tries, EARLY_TRIES),
    Math.max(MAX_GAP_MS, checkIntervalMs),
  );
  return Math.min(early * GROWTH ** Math.max(tries - EARLY_TRIES, 0), Math.max(MAX_LATE_GAP_MS, checkIntervalMs));
}

function paymentDues(order: WholeOrder, looked: Looked, pace: Pace): Due[] {
  const payment = order.payments.find(isLive);
  if (payment === undefined) return [];
  return payment.method === 'AUTH_CODE'
    ? scannedDues(order, { payment, looked, pace })
    : offerDues(order, { payment, looked, pace });
}

interface Unresolved {
  readonly payment: Payment;
  readonly looked: Looked;
  readonly pace: Pace;
}

/** A scanned code is asked about at an even pace (dossier 5); when its time is over, or its sale undone, it is called off. */
function scannedDues({ undoAt }: WholeOrder, { payment, looked, pace }: Unresolved): Due[] {
  const until = earlier(payment.cancelAt ?? payment.createdAt, undoAt);
  const askAt = after(looked.lookedAt, gapMs(0, pace));
  const ask: Due[] = askAt < until ? [{ kind: 'ask', payment, at: askAt }] : [];
  const again = after(looked.lookedAt, Math.min(CANCEL_GAP_MS, gapMs(looked.tries, pace)));
  return [...ask, { kind: 'cancel', payment, at: firstAt(until, looked, again) }];
}

/**
 * An offer is asked about until the sale ends; one that nobody has begun to pay, only until its own end, when it
 * is looked at once more. One that is left of a sale that was paid another way is looked at until it is over.
 */
function offerDues(order: WholeOrder, { payment, looked, pace }: Unresolved): Due[] {
  if (order.status !== 'PENDING')
    return [{ kind: 'ask', payment, at: after(looked.lookedAt, gapMs(looked.tries, pace)) }];
  const over = payment.tradeNo === null && payment.payableUntil ? after(payment.payableUntil, GRACE_MS) : null;
  if (over !== null && looked.lookedAt >= over) return [];
  const at = earlier(after(looked.lookedAt, gapMs(looked.tries, pace)), over);
  return at < endsAt(order) ? [{ kind: 'ask', payment, at }] : [];
}

/** A pending sale ends at its expiry or when it is undone, once no scanned code is in doubt. */
function endDues(order: WholeOrder, looked: Looked, retryAt: Date): Due[] {
  if (order.status !== 'PENDING' || order.payments.find(isLive)?.method === 'AUTH_CODE') return [];
  return [{ kind: 'end', at: firstAt(endsAt(order), looked, retryAt) }];
}

function endsAt({ expiresAt, undoAt }: WholeOrder): Date {
  return earlier(expiresAt, undoAt);
}

/** A sale that was to be undone and turned out to be paid is given back whole, once. */
function undoDues(order: WholeOrder, { lookedAt, tries }: Looked, retryAt: Date): Due[] {
  if (!isToBeUndone(order)) return [];
  return [{ kind: 'undo', at: tries === 0 ? lookedAt : retryAt }];
}

/** What a buyer can still pay after the end is watched until the offer's own end, and looked at once more then. */
function exposedDues(order: WholeOrder, { lookedAt }: Looked, retryAt: Date): Due[] {
  if (order.status === 'PENDING') return [];
  const exposed = order.payments.findLast((payment) => !isLive(payment) && isExposed(order, payment, lookedAt));
  if (exposed?.payableUntil === null || exposed === undefined) return [];
  return [{ kind: 'ask', payment: exposed, at: earlier(retryAt, after(exposed.payableUntil, GRACE_MS)) }];
}

/** What was paid about when it was to be called off is asked about once more, when no cancel can be under way any longer. */
function confirmDues({ payments }: WholeOrder, { lookedAt, tries }: Looked, retryAt: Date): Due[] {
  const asked = tries === 0 ? after(lookedAt, CONFIRM_AFTER_MS) : retryAt;
  return payments.filter(isToConfirm).map((payment) => ({ kind: 'ask', payment, at: asked }));
}

/** Refunds of one trade go out one at a time, at least three seconds apart; one in doubt is asked about. */
function refundDues({ refunds }: WholeOrder, { tries }: Looked, pace: Pace): Due[] {
  return refunds
    .filter(({ status }) => status === 'PENDING')
    .map((refund) => {
      const sent = refunds.filter(({ paymentId, triedAt }) => paymentId === refund.paymentId && triedAt !== null);
      const lastMs = Math.max(0, ...sent.map(({ triedAt }) => triedAt?.getTime() ?? 0));
      const own = refund.triedAt && refund.triedAt.getTime() + Math.max(REFUND_QUERY_AFTER_MS, gapMs(tries, pace));
      return {
        kind: 'refund',
        refund,
        at: new Date(Math.max(own ?? refund.createdAt.getTime(), lastMs + REFUND_SPACING_MS)),
      };
    });
}

/** A refund for which nobody has decided in time is turned down. */
function heldDues({ refunds }: WholeOrder, looked: Looked, retryAt: Date): Due[] {
  return refunds
    .filter(({ status }) => status === 'AWAITING_CONFIRMATION')
    .map((refund) => ({ kind: 'expire', refund, at: firstAt(refund.heldUntil ?? refund.createdAt, looked, retryAt) }));
}

/** A case with a rule is settled by it. */
function caseDues(order: WholeOrder, { lookedAt, tries }: Looked, retryAt: Date): Due[] {
  return order.cases
    .filter((one) => one.state === 'OPEN' && hasRule(order, one) && !isBeingRefunded(order, one))
    .map((opened) => ({ kind: 'settle', opened, at: tries === 0 ? lookedAt : retryAt }));
}

/** Only a cancelled order can accept late money: once it has, more of it waits for a person. */
function hasRule({ status }: WholeOrder, { policy }: Case): boolean {
  return policy === 'AUTO_REFUND' || (policy === 'ACCEPT' && next(orderLife, status, 'accepted') !== undefined);
}

/** Its own refund was asked for: when that fails a person decides. What came back elsewhere leaves the rest to settle. */
function isBeingRefunded({ refunds }: WholeOrder, one: Case): boolean {
  return refunds.some(({ refundNo }) => refundNo === caseRefundNo(one));
}

/** At its time; when that has passed and was in vain, after the gap. */
function firstAt(time: Date, { lookedAt }: Looked, retryAt: Date): Date {
  return lookedAt < time ? time : retryAt;
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}

function earlier(one: Date, other: Date | null): Date {
  return other === null || one < other ? one : other;
}
