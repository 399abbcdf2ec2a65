import type { Sandbox } from './sandbox.ts';
import { REFUND_WINDOW_MS, refundWindowEnd, tradeNow } from './trade-moves.ts';

/** Does to trades what time does, also when nobody asks for them. Returns what stops it. */
export function watchExpiry(sandbox: Sandbox): () => void {
  const stopTimeouts = watchTimeouts(sandbox);
  const stopWindows = watchRefundWindows(sandbox);
  return () => {
    stopTimeouts();
    stopWindows();
  };
}

// Unpaid trades are few and short-lived: each has a timer of its own.
function watchTimeouts(sandbox: Sandbox): () => void {
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

// Windows that end within one minute end together: a look at every trade for each would add up.
const CLOSEST_LOOKS_MS = 60_000;

// Paid trades are many and their end is far: one timer looks at all of them, no later than a new one could end.
function watchRefundWindows(sandbox: Sandbox): () => void {
  let cancel = () => {};
  const look = () => {
    const nowMs = sandbox.clock.now();
    let nextMs = nowMs + REFUND_WINDOW_MS;
    for (const { outTradeNo } of [...sandbox.books.trades.values()]) {
      const trade = tradeNow(sandbox, outTradeNo);
      nextMs = Math.min(nextMs, (trade && refundWindowEnd(trade)) ?? nextMs);
    }
    cancel = sandbox.clock.after(Math.max(nextMs - nowMs, CLOSEST_LOOKS_MS), look);
  };
  look();
  return () => cancel();
}
