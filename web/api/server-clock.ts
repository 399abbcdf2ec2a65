// A till's own clock may be minutes off; a countdown must follow the server's.

/** How far the server's clock is ahead of ours, and how wrong that figure can be. */
export interface ClockSample {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/**
 * Reads one sample off an HTTP answer. The Date header has whole seconds (RFC 9110 5.6.7), so the true time lies
 * up to a second after it; it was written at some moment between sending and receiving.
 */
export function sampleOf(answer: {
  sentAtMs: number;
  receivedAtMs: number;
  date: string | null;
}): ClockSample | undefined {
  const dateMs = Date.parse(answer.date ?? '');
  const roundTripMs = answer.receivedAtMs - answer.sentAtMs;
  if (Number.isNaN(dateMs) || roundTripMs < 0) return undefined;
  const middleMs = answer.sentAtMs + roundTripMs / 2;
  return { offsetMs: dateMs + 500 - middleMs, errorMs: 500 + roundTripMs / 2 };
}

/** The sample to trust: the sharper one, but a clock that was set meanwhile shows as samples that cannot both be true. */
export function better(held: ClockSample | undefined, fresh: ClockSample): ClockSample {
  if (held === undefined || fresh.errorMs <= held.errorMs) return fresh;
  const contradict = Math.abs(held.offsetMs - fresh.offsetMs) > held.errorMs + fresh.errorMs;
  return contradict ? fresh : held;
}

/** What to add to our clock. Nothing while the difference is within the sample's own error. */
export function correctionMs(sample: ClockSample | undefined): number {
  if (sample === undefined || Math.abs(sample.offsetMs) <= sample.errorMs) return 0;
  return sample.offsetMs;
}

export interface ServerClock {
  /** The server's time as far as known, in milliseconds since 1970. */
  now(): number;
  hear(answer: { sentAtMs: number; receivedAtMs: number; date: string | null }): void;
}

export function serverClock(localNow: () => number = Date.now): ServerClock {
  let held: ClockSample | undefined;
  return {
    now: () => localNow() + correctionMs(held),
    hear(answer) {
      const fresh = sampleOf(answer);
      if (fresh !== undefined) held = better(held, fresh);
    },
  };
}
