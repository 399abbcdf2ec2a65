import { whyDead } from '../buyer.ts';
import { returnUrl } from '../cashier/return-url.ts';
import { formatYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Code, Trade } from '../trade.ts';
import { tradeNow } from '../trade-moves.ts';

/** What a buyer sees of a trade; `ready`: it waits for the buyer. */
export type TradeState = 'ready' | 'paid' | 'closed' | 'refunded';

/**
 * `open`: a live QR code nobody scanned yet; `arrived`: a cashier page nobody logged on to yet.
 */
type WalletState = 'open' | 'arrived' | 'expired' | 'unknown' | TradeState;

export type WalletView = {
  readonly state: WalletState;
  readonly isCashier: boolean;
  readonly outTradeNo: string;
  readonly subject: string;
  readonly storeId: string | null;
  readonly amount: string;
  /** Where the browser goes once paid. */
  readonly returnTo: string | null;
  /** Where it goes when the payer leaves. */
  readonly quitTo: string | null;
};

const NOTHING: WalletView = {
  state: 'unknown',
  isCashier: false,
  outTradeNo: '',
  subject: '',
  storeId: null,
  amount: '',
  returnTo: null,
  quitTo: null,
};

/** What the wallet or a cashier page shows for a code, without scanning it. */
export function walletView(sandbox: Sandbox, codeText: string): WalletView {
  const code = sandbox.books.codes.get(codeText);
  const order = sandbox.books.orders.get(code?.outTradeNo ?? '');
  if (code === undefined || order === undefined) return NOTHING;
  const trade = tradeNow(sandbox, order.outTradeNo);
  return {
    state: trade === null ? unscanned(sandbox, code) : stateOf(trade),
    isCashier: code.cashier !== undefined,
    outTradeNo: order.outTradeNo,
    subject: order.terms.subject,
    storeId: order.terms.storeId,
    amount: formatYuan(order.terms.totalFen),
    returnTo: returnTo(sandbox, trade, code),
    quitTo: code.cashier?.quitUrl ?? null,
  };
}

function unscanned(sandbox: Sandbox, code: Code): WalletState {
  if (whyDead(code, sandbox.clock.now()) !== null) return 'expired';
  return code.cashier === undefined ? 'open' : 'arrived';
}

export function stateOf(trade: Trade): TradeState {
  switch (trade.status) {
    case 'WAIT_BUYER_PAY':
      return 'ready';
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return 'paid';
    case 'TRADE_CLOSED':
      return trade.paidAtMs === null ? 'closed' : 'refunded';
  }
}

function returnTo(sandbox: Sandbox, trade: Trade | null, { cashier }: Code): string | null {
  if (trade === null || cashier === undefined || stateOf(trade) !== 'paid') return null;
  return returnUrl(sandbox, trade, cashier);
}
