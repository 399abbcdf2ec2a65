import type { Contender } from './contenders.ts';

/** The histogram's own timer fires every so often: what it shows of an idle loop. */
const TIMER_MS = 10;

/**
 * The 99th percentile of the gateway's event loop lag since it was last asked, in ms, as its /metrics tell (which begins
 * anew with each answer); null for those that don't.
 */
export async function lagOf({ name, port }: Pick<Contender, 'name' | 'port'>): Promise<number | null> {
  if (name !== 'gateway' && name !== 'grown') return null;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const seconds = /^nodejs_eventloop_lag_p99_seconds ([\d.e+-]+)$/m.exec(await answer.text())?.[1];
  return seconds === undefined ? null : Math.max(0, Number(seconds) * 1_000 - TIMER_MS);
}
