import type { Sandbox } from './sandbox.ts';
import { tradeNow } from './trade-moves.ts';

/** Closes unpaid trades when their time is over, also when nobody asks. Returns what stops it. */
export function watchExpiry(sandbox: Sandbox): () => void {
  const timers = new Map<string, () => void>();
  const watch = (outTradeNo: string) => {
    timers.get(outTradeNo)?.();
    timers.delete(outTradeNo);
    const trade = tradeNow(sandbox, outTradeNo);
    if (trade?.status !== 'WAIT_BUYER_PAY') return;
    const leftMs = trade.expiresAtMs - sandbox.clock.now();
    timers.set(
      outTradeNo,
      sandbox.clock.after(leftMs, () => watch(outTradeNo)),
    );
  };
  for (const trade of sandbox.books.trades.values()) if (trade.status === 'WAIT_BUYER_PAY') watch(trade.outTradeNo);
  sandbox.listeners.push((entry) => {
    if (entry.kind === 'trade_created') watch(entry.trade.outTradeNo);
    if (entry.kind === 'trade_moved') watch(entry.outTradeNo);
  });
  return () => {
    for (const cancel of timers.values()) cancel();
    timers.clear();
  };
}
