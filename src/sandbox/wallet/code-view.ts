import { isFresh } from '../auth-codes.ts';
import { formatYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import { tradeNow } from '../trade-moves.ts';
import { stateOf, type TradeState } from './view.ts';

/** `fresh`: a till may scan it; `ready`: it did, and the buyer is asked; `failed`: it did, and got nothing. */
type CodeState = 'fresh' | 'failed' | 'expired' | 'unknown' | TradeState;

export type CodeView = { readonly state: CodeState; readonly amount: string; readonly subject: string };

/** What became of a payment code. */
export function codeView(sandbox: Sandbox, code: string): CodeView {
  const authCode = sandbox.books.authCodes.get(code);
  if (authCode === undefined) return { state: 'unknown', amount: '', subject: '' };
  if (authCode.usedFor === null)
    return { state: isFresh(authCode, sandbox.clock.now()) ? 'fresh' : 'expired', amount: '', subject: '' };
  const trade = tradeNow(sandbox, authCode.usedFor);
  if (trade === null) return { state: 'failed', amount: '', subject: '' };
  const subject = sandbox.books.orders.get(trade.outTradeNo)?.terms.subject ?? '';
  return { state: stateOf(trade), amount: formatYuan(trade.totalFen), subject };
}
