// Terminology, in Alipay's own words.
// order   what a call registered under an out_trade_no; no trade yet
// code    one QR code or one cashier page of an order; several may live side by side
// trade   exists from the first scan, log-on or payment code on; one per out_trade_no
// notice  one asynchronous notification owed to a notify_url; sent until it answers `success`

export type TradeStatus = 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_FINISHED' | 'TRADE_CLOSED';

/** What may happen to a trade, whoever caused it. */
export type TradeFact =
  | 'paid'
  | 'closed'
  | 'timedOut'
  | 'cancelledUnpaid'
  | 'partlyRefunded'
  | 'fullyRefunded'
  | 'cancelledPaid'
  | 'refundWindowOver';

// The life of a trade: a row a status, a cell per fact. An absent cell cannot happen.
const life: Readonly<Record<TradeStatus, Readonly<Partial<Record<TradeFact, TradeStatus>>>>> = {
  WAIT_BUYER_PAY: {
    paid: 'TRADE_SUCCESS',
    closed: 'TRADE_CLOSED',
    timedOut: 'TRADE_CLOSED',
    cancelledUnpaid: 'TRADE_CLOSED',
  },
  TRADE_SUCCESS: {
    partlyRefunded: 'TRADE_SUCCESS',
    fullyRefunded: 'TRADE_CLOSED',
    cancelledPaid: 'TRADE_CLOSED',
    refundWindowOver: 'TRADE_FINISHED',
  },
  TRADE_FINISHED: {},
  TRADE_CLOSED: {},
};

/** Where a trade goes on a fact; null when that cannot happen to it. */
export function statusAfter(status: TradeStatus, fact: TradeFact): TradeStatus | null {
  return life[status][fact] ?? null;
}

export type Refund = {
  readonly outRequestNo: string;
  readonly fen: number;
  readonly atMs: number;
  readonly reason?: string | undefined;
  /** Taken from what was topped up. */
  readonly fromPurse?: boolean;
};

/** What made a trade: a scanned QR code, a payment code, a create call, or the payer's log-on to a cashier. */
export type TradeOrigin = 'scan' | 'pay' | 'create' | 'page' | 'wap' | 'app';

export type TradeMove = {
  readonly outTradeNo: string;
  readonly fact: TradeFact;
  readonly status: TradeStatus;
  readonly atMs: number;
  /** What this move gives back to the buyer. */
  readonly refund: Refund | null;
};

export type Trade = {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly status: TradeStatus;
  readonly madeBy: TradeOrigin;
  readonly totalFen: number;
  readonly createdAtMs: number;
  /** An unpaid trade closes by itself at this time. */
  readonly expiresAtMs: number;
  readonly paidAtMs: number | null;
  readonly closedAtMs: number | null;
  /** The fact that last moved it; null for a trade just made. */
  readonly lastFact: TradeFact | null;
  readonly refunds: readonly Refund[];
};

/** A trade after one move. */
export function movedTrade(trade: Trade, move: Omit<TradeMove, 'outTradeNo'>): Trade {
  return {
    ...trade,
    status: move.status,
    lastFact: move.fact,
    paidAtMs: move.fact === 'paid' ? move.atMs : trade.paidAtMs,
    closedAtMs: move.status === 'TRADE_CLOSED' ? move.atMs : trade.closedAtMs,
    refunds: move.refund === null ? trade.refunds : [...trade.refunds, move.refund],
  };
}

/** The refund asked for under this number. What a cancel gave back answers to no number. */
export function refundOf(trade: Trade, outRequestNo: string): Refund | undefined {
  if (trade.lastFact === 'cancelledPaid') return undefined;
  return trade.refunds.find((refund) => refund.outRequestNo === outRequestNo);
}

/** Everything given back so far, in fen. */
export function refundedFen(trade: Trade): number {
  return trade.refunds.reduce((sum, refund) => sum + refund.fen, 0);
}

export function isFaceToFace(madeBy: TradeOrigin): boolean {
  return madeBy === 'scan' || madeBy === 'pay' || madeBy === 'create';
}

/** Which call registered or repeated an order. */
export type CallKind = 'precreate' | Exclude<TradeOrigin, 'scan'>;

/** What two calls of one number must agree on, and what notices echo. */
export type OrderTerms = {
  readonly totalFen: number;
  readonly subject: string;
  readonly body: string | null;
  readonly productCode: string;
  readonly storeId: string | null;
  readonly terminalId: string | null;
  readonly passbackParams: string | null;
};

export type Code = {
  readonly code: string;
  readonly outTradeNo: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** When the trade a scan makes would close unpaid; null: a default, counted from the scan. */
  readonly tradeExpiresAtMs: number | null;
  readonly revoked: boolean;
  /** Set for a cashier page of page.pay or wap.pay. */
  readonly cashier?: Cashier;
};

/** Where a cashier page sends the payer's browser. */
export type Cashier = {
  readonly kind: 'page' | 'wap';
  readonly returnUrl: string | null;
  /** Where a payer who leaves goes (wap.pay). */
  readonly quitUrl: string | null;
  readonly charset: string;
  /** How the return is signed; anything but right is a fault's doing. */
  readonly signing: 'right' | 'wrong' | 'none';
};

export type Order = {
  readonly outTradeNo: string;
  readonly terms: OrderTerms;
  readonly notifyUrl: string | null;
  /** As the caller spelled it, e.g. `utf-8` or `GBK`: notices repeat it. */
  readonly charset: string;
  /** How often precreate was called for it. */
  readonly precreates: number;
  /** Newest last. */
  readonly codes: readonly Code[];
};
