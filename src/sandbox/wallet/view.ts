import { whyDead } from '../buyer.ts';
import { formatYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Trade } from '../trade.ts';
import { tradeNow } from '../trade-moves.ts';

/** `open`: a live code nobody scanned yet; `ready`: scanned, waits for the buyer. */
type WalletState = 'open' | 'ready' | 'paid' | 'closed' | 'refunded' | 'expired' | 'unknown';

export type WalletView = {
  readonly state: WalletState;
  readonly outTradeNo: string;
  readonly subject: string;
  readonly storeId: string | null;
  readonly amount: string;
};

/** What the wallet shows for a code, without scanning it. */
export function walletView(sandbox: Sandbox, codeText: string): WalletView {
  const code = sandbox.books.codes.get(codeText);
  const order = sandbox.books.orders.get(code?.outTradeNo ?? '');
  if (code === undefined || order === undefined)
    return { state: 'unknown', outTradeNo: '', subject: '', storeId: null, amount: '' };
  const trade = tradeNow(sandbox, order.outTradeNo);
  const unscanned = whyDead(code, sandbox.clock.now()) === null ? 'open' : 'expired';
  return {
    state: trade === null ? unscanned : stateOf(trade),
    outTradeNo: order.outTradeNo,
    subject: order.terms.subject,
    storeId: order.terms.storeId,
    amount: formatYuan(order.terms.totalFen),
  };
}

function stateOf(trade: Trade): WalletState {
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
