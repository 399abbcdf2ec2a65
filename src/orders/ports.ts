// What the use cases need from outside. Adapters implement these; app.ts hands them over.
import type { Check } from './agenda.ts';
import type { Case, CaseKind } from './case.ts';
import type { OrderEvent } from './event.ts';
import type { Fact } from './fact.ts';
import type { Fen } from './money.ts';
import type { DayTurn, OperationStep } from './operation.ts';
import type { Order, OrderRef, WholeOrder } from './order.ts';
import type { Payment, PaymentMethod } from './payment.ts';
import type { Refund } from './refund.ts';

export interface Clock {
  now(): Date;
}

/** A fresh UUIDv7 whose time is `at`, so that ids sort by it. */
export type NewId = (at: Date) => string;

/** What became of a signed message. A kind of case says that money did not fit. */
export type Verdict = 'applied' | 'stays' | 'refused' | CaseKind;

/** A signed message from the payment channel, kept as it came. */
export interface Evidence {
  readonly id: string;
  readonly merchantId: string;
  readonly orderId: string | null;
  readonly kind: 'notification' | 'answer';
  /** A notification's own id, the same for each resend; null for an answer. */
  readonly notifyId: string | null;
  readonly receivedAt: Date;
  readonly bytes: Uint8Array;
  /** Fingerprint of the public key that its signature was verified with; null where nobody wrote that down yet. */
  readonly keyId: string | null;
  readonly verdict: Verdict;
}

/** Everything that one decision about one order writes, or nothing of it. */
export interface Change {
  readonly before: Order;
  readonly after: Order;
  /** New and changed ones. */
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  readonly events: readonly OrderEvent[];
  readonly cases: readonly Case[];
  readonly step: OperationStep | null;
  readonly turn: (DayTurn & { readonly refundId: string }) | null;
  readonly evidence: Evidence | null;
  /** When to look at the order again by itself; null: no more, undefined: as it is. */
  readonly check: Check | null | undefined;
}

export interface OrderStore {
  /**
   * Writes the order, its first event and the outbox row in one statement, which also reserves the
   * out_trade_no. `number_taken` answers the order that already has the merchantOrderNo.
   */
  insert(order: Order, event: OrderEvent): Promise<Inserted>;
  find(merchantId: string, ref: OrderRef): Promise<WholeOrder | undefined>;
  /** Writes all of it in one statement, or nothing when the order is no longer at `before.version`. */
  write(change: Change): Promise<'written' | 'stale'>;
  /** Notes that a refund is about to be sent. Only who holds the order's check may. */
  markTried(merchantId: string, refundId: string, at: Date): Promise<void>;
}

export type Inserted = { readonly kind: 'inserted' } | { readonly kind: 'number_taken'; readonly order: Order };

/** The notifications that arrived. A notification is judged for good once, unless its order was unknown. */
export interface Inbox {
  /** The order that owns an out_trade_no, and whether this notification has been judged for good. */
  look(question: InboxQuestion): Promise<{ readonly judged: boolean; readonly order: WholeOrder | undefined }>;
  /** Writes down a message that changes no order, with the case it opens, if any. Repeats change nothing. */
  record(evidence: Evidence, opened: Case | null): Promise<void>;
}

export interface InboxQuestion {
  readonly merchantId: string;
  readonly accountId: string;
  readonly outTradeNo: string;
  readonly notifyId: string;
}

/** The cases, by themselves: one that belongs to no order is closed here. */
export interface CaseBook {
  find(merchantId: string, id: string): Promise<Case | undefined>;
  /** False when it is not open any more. */
  close(closed: Case): Promise<boolean>;
}

/**
 * The orders that somebody must look at again, each once, with the time. Any number of processes take from
 * it; what one has taken the others leave alone until it is put back or its minute is over.
 */
export interface Checks {
  /** Takes up to `limit` that are due, the longest due first, within the budget of calls to the channel. */
  take(limit: number, now: Date): Promise<readonly Taken[]>;
  /** Takes one order's, due or not, and reads the order with it; undefined when somebody else has it or there is none. */
  takeOne(merchantId: string, orderId: string): Promise<(Taken & { readonly order: WholeOrder }) | undefined>;
  /** Puts it back for `next`; null: no more. A time that somebody else has set meanwhile stays. */
  putBack(taken: Taken, next: Check | null): Promise<void>;
  /** Makes them due now, but for those that have just been looked at, or are being looked at or changed. */
  hurry(merchantId: string, orderIds: readonly string[], now: Date): Promise<void>;
}

/** A check that this process has taken. */
export interface Taken extends Check {
  readonly merchantId: string;
  readonly orderId: string;
}

/** Alipay, or whoever stands in for it. */
export interface PaymentChannel {
  precreate(request: PaymentRequest): Promise<ChannelAnswer<{ readonly qrContent: string }>>;
  /** Collects with the payment code on a buyer's phone. `awaiting_buyer`: the phone asks for a password. */
  pay(request: PaymentRequest & { readonly authCode: string }): Promise<ChannelAnswer<Fact>>;
  /** Signs what sends a buyer to Alipay: a page's URL, or an app's order string. Nothing is sent. */
  offer(request: PaymentRequest & RedirectRequest): string;
  /** What Alipay says of a number now. */
  query(outTradeNo: string): Promise<ChannelAnswer<Fact>>;
  /** Closes an unpaid trade. */
  close(outTradeNo: string): Promise<ChannelAnswer<null>>;
  /** Calls a payment off, whatever became of it: closes it or gives the money back. */
  cancel(outTradeNo: string): Promise<ChannelAnswer<Cancelled>>;
  refund(request: RefundRequest): Promise<ChannelAnswer<RefundAnswer>>;
  /** What became of one refund; `done` false: the channel knows nothing of it. */
  queryRefund(request: Pick<RefundRequest, 'outTradeNo' | 'refundNo'>): Promise<ChannelAnswer<RefundState>>;
}

export interface RedirectRequest {
  readonly method: Extract<PaymentMethod, 'PAGE' | 'WAP' | 'APP'>;
  readonly returnUrl: string | null;
  readonly quitUrl: string | null;
}

export interface Cancelled {
  /** Nothing is certain yet: cancel again. */
  readonly retry: boolean;
  /** `none`: there was no trade to end. */
  readonly action: 'close' | 'refund' | 'none';
}

export interface RefundRequest {
  readonly outTradeNo: string;
  readonly refundNo: string;
  readonly amountFen: Fen;
  readonly reason: string | null;
}

export interface RefundAnswer {
  /** False: a repeat, which alone does not prove that the money has moved. */
  readonly fundChange: boolean;
  /** Everything given back for the trade so far. */
  readonly totalFen: Fen;
  readonly refundedAt: Date | null;
}

export type RefundState =
  | { readonly done: true; readonly amountFen: Fen; readonly refundedAt: Date | null }
  | { readonly done: false };

export interface PaymentRequest {
  readonly outTradeNo: string;
  readonly amountFen: Fen;
  readonly subject: string;
  readonly body: string | null;
  readonly storeId: string | null;
  readonly terminalId: string | null;
  readonly operatorId: string | null;
  readonly expiresAt: Date;
}

/**
 * `accepted` and `rejected` are definite and came under Alipay's signature (or, for a rejection, in a
 * shape that Alipay does not sign). `unknown`: something may have happened. `not_sent`: nothing did.
 */
export type ChannelAnswer<Value> =
  | { readonly kind: 'accepted'; readonly value: Value; readonly bytes: Uint8Array; readonly keyId: string }
  | Rejected
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'not_sent'; readonly reason: string };

export interface Rejected {
  readonly kind: 'rejected';
  /** Alipay's sub_code without its prefix: TRADE_HAS_SUCCESS. */
  readonly subCode: string;
  readonly message: string;
  readonly messageZh: string;
}

/** Tokens that make one order each. They are stateless: what they made is unique in the database. */
export interface SubmissionTokens {
  issue(merchantId: string, expiresAt: Date): string;
  /** What a token says; undefined when we did not sign it. Its time is the caller's to check. */
  read(token: string): SubmissionToken | undefined;
}

export interface SubmissionToken {
  readonly merchantId: string;
  /** The number its order gets, of A–Z a–z 0–9 _ only. */
  readonly merchantOrderNo: string;
  readonly expiresAt: Date;
}
