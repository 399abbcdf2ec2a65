import type { Sandbox } from '../sandbox.ts';
import type { SubCode } from '../sub-codes.ts';
import type { Trade } from '../trade.ts';
import { refundableFen } from '../trade-moves.ts';

type Wanted = {
  readonly fen: number;
  /** Whether the call carries an out_request_no, without which only the whole amount can be given back. */
  readonly isNumbered: boolean;
};

/** Why a new refund cannot be made; null when it can. */
export function whyRefused(sandbox: Sandbox, trade: Trade, wanted: Wanted): SubCode | null {
  switch (trade.status) {
    case 'WAIT_BUYER_PAY':
      return 'ACQ.TRADE_STATUS_ERROR';
    case 'TRADE_CLOSED':
      return trade.paidAtMs === null ? 'ACQ.TRADE_STATUS_ERROR' : 'ACQ.TRADE_HAS_CLOSE';
    case 'TRADE_FINISHED':
      return 'ACQ.TRADE_HAS_FINISHED';
    case 'TRADE_SUCCESS':
      return wrongAmount(trade, wanted) ?? tooSoon(sandbox, trade);
  }
}

function wrongAmount(trade: Trade, { fen, isNumbered }: Wanted): SubCode | null {
  if (fen > trade.totalFen || (fen < trade.totalFen && !isNumbered)) return 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL';
  return fen > refundableFen(trade) ? 'ACQ.REASON_TRADE_REFUND_FEE_ERR' : null;
}

// Alipay wants three seconds between refunds of one trade and names no code for less. SYSTEM_ERROR is the one whose
// remedy fits: repeat with the same number and amount.
function tooSoon({ clock, settings }: Sandbox, trade: Trade): SubCode | null {
  const last = trade.refunds.at(-1);
  const gapMs = settings.refundGapSeconds * 1_000;
  return last !== undefined && clock.now() - last.atMs < gapMs ? 'ACQ.SYSTEM_ERROR' : null;
}
