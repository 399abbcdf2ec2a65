/** Time as the sandbox sees it; a test hands in its own. */
export type Clock = {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Runs `work` once, `delayMs` from now, and returns what takes it back. */
  after(delayMs: number, work: () => void): () => void;
};

// A longer timer fires at once in Node: whoever waits looks at the clock again when woken.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
