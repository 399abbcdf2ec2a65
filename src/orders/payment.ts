import type { Life } from './life.ts';
import type { Fen } from './money.ts';

export type PaymentMethod = 'QR_CODE' | 'AUTH_CODE' | 'PAGE' | 'WAP' | 'APP';
export type PaymentStatus = 'CREATED' | 'AWAITING_BUYER' | 'UNKNOWN' | 'SUCCEEDED' | 'FAILED' | 'CLOSED';

/**
 * What can happen to a payment. `offered`: the buyer can pay now; `doubted`: we asked and cannot tell;
 * `refused`: a definite no; `closed`: nobody can pay it any more; `cancelled`: a scanned payment code was called off.
 */
export type PaymentFact = 'offered' | 'doubted' | 'succeeded' | 'refused' | 'closed' | 'cancelled';

/**
 * The life of a payment. Money is the truth: a payment that we hold for failed or closed still hears
 * "succeeded", because Alipay says it under its own signature.
 */
export const paymentLife: Life<PaymentStatus, PaymentFact> = {
  CREATED: {
    offered: 'AWAITING_BUYER',
    doubted: 'UNKNOWN',
    succeeded: 'SUCCEEDED',
    refused: 'FAILED',
    closed: 'CLOSED',
    cancelled: 'FAILED',
  },
  AWAITING_BUYER: {
    offered: 'AWAITING_BUYER',
    doubted: 'AWAITING_BUYER',
    succeeded: 'SUCCEEDED',
    refused: 'AWAITING_BUYER',
    closed: 'CLOSED',
    cancelled: 'FAILED',
  },
  UNKNOWN: {
    offered: 'AWAITING_BUYER',
    doubted: 'UNKNOWN',
    succeeded: 'SUCCEEDED',
    // A later no (call limited, key expired) does not say what became of the first question.
    refused: 'UNKNOWN',
    closed: 'CLOSED',
    cancelled: 'FAILED',
  },
  SUCCEEDED: { offered: 'SUCCEEDED', doubted: 'SUCCEEDED', succeeded: 'SUCCEEDED' },
  FAILED: { succeeded: 'SUCCEEDED', closed: 'FAILED', cancelled: 'FAILED' },
  CLOSED: { succeeded: 'SUCCEEDED', closed: 'CLOSED', cancelled: 'CLOSED' },
};

/** One way of collecting an order's amount. Several may share an out_trade_no, never across orders. */
export interface Payment {
  readonly id: string;
  readonly method: PaymentMethod;
  readonly status: PaymentStatus;
  readonly amountFen: Fen;
  readonly outTradeNo: string;
  /** Alipay's own number, known once the buyer has scanned. */
  readonly tradeNo: string | null;
  /** What the buyer is given: a QR code's content, a page's URL, an app's order string; null for a scanned payment code. */
  readonly offer: string | null;
  /** Until when the buyer can take up the offer; Alipay closes it then by itself. */
  readonly payableUntil: Date | null;
  /** When a scanned payment code that is still in doubt is cancelled. One that succeeded keeps it until it is certain that no cancel gave it back. */
  readonly cancelAt: Date | null;
  /** Keyed hash of the scanned payment code: a repeat is recognised, the code is not kept. */
  readonly codeHash: string | null;
  /** How the channel ended the trade, after which its number is spent; `refunded`: a cancel found it paid and gave it back. */
  readonly channelEnd: ChannelEnd | null;
  /** The highest figure heard of what has been given back for it in all, whoever did it. */
  readonly refundedTotalFen: Fen;
  readonly failure: PaymentFailure | null;
  readonly createdAt: Date;
  readonly succeededAt: Date | null;
}

export type ChannelEnd = 'closed' | 'refunded';

/** Why a payment or a refund failed: Alipay's sub_code and a sentence for a cashier. */
export interface PaymentFailure {
  readonly subCode: string | null;
  readonly message: string;
  readonly messageZh: string;
}

/** Said of a scanned payment code that ended without a refusal of Alipay's. */
export const CALLED_OFF: Readonly<Record<ChannelEnd, PaymentFailure>> = {
  closed: {
    subCode: null,
    message: 'It was not paid in time and has been called off; please scan a fresh payment code',
    messageZh: '未在时限内完成付款，已撤销，请让顾客刷新付款码后重新扫码',
  },
  refunded: {
    subCode: null,
    message: 'It has been called off, and what the buyer had paid goes back',
    messageZh: '已撤销，顾客已付的款项将原路退回',
  },
};

/** What tells one way of collecting from another. */
export type PaymentTerms = Pick<Payment, 'id' | 'method' | 'amountFen' | 'outTradeNo' | 'createdAt'> & Partial<Payment>;

/** A payment that nothing has happened to yet. */
export function newPayment(terms: PaymentTerms): Payment {
  return {
    status: 'CREATED',
    tradeNo: null,
    offer: null,
    payableUntil: null,
    cancelAt: null,
    codeHash: null,
    channelEnd: null,
    refundedTotalFen: 0n,
    failure: null,
    succeededAt: null,
    ...terms,
  };
}

/** A payment whose end is open. At most one an order. */
export function isLive(payment: Payment): boolean {
  return payment.status === 'CREATED' || payment.status === 'AWAITING_BUYER' || payment.status === 'UNKNOWN';
}

/**
 * Of payments under one number the one that its trade is about: the live one; else the one whose trade the channel has
 * ended, for a number has one trade; else the last. Which is the last is not for the ids to say alone: each process's clock makes its own.
 */
export function standingFor(sameNumber: readonly Payment[]): Payment | undefined {
  return sameNumber.find(isLive) ?? sameNumber.find(({ channelEnd }) => channelEnd !== null) ?? sameNumber.at(-1);
}

/** True while a cancel whose answer was lost may have given the money back. */
export function isToConfirm({ status, cancelAt, refundedTotalFen, amountFen }: Payment): boolean {
  return status === 'SUCCEEDED' && cancelAt !== null && refundedTotalFen < amountFen;
}

/** True while the payment holds an offer that a buyer can still take up. */
export function hasLiveOffer(payment: Payment, now: Date): boolean {
  return isLive(payment) && payment.offer !== null && payment.payableUntil !== null && now < payment.payableUntil;
}
