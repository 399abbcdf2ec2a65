import type { Clock } from './clock.ts';

/** A clock that can be put forward, never back. */
export type MovableClock = Clock & {
  /** How far it is ahead of the clock it was made from. */
  offsetMs(): number;
  /**
   * Goes forward and stops at everything that falls due on the way, and at the end: rings it, then waits until what
   * that set off is `settled`. Several moves at once take turns.
   */
  advance(byMs: number, settled: () => Promise<void>): Promise<void>;
};

type Timer = { readonly dueAtMs: number; readonly work: () => void; cancel: () => void };

type Face = {
  readonly base: Clock;
  readonly timers: Set<Timer>;
  offsetMs: number;
};

/** Puts a movable clock in front of another one. */
export function movableClock(base: Clock, offsetMs: number): MovableClock {
  const face: Face = { base, timers: new Set(), offsetMs };
  let turn: Promise<void> = Promise.resolve();
  return {
    now: () => nowOf(face),
    after: (delayMs, work) => after(face, delayMs, work),
    offsetMs: () => face.offsetMs,
    advance(byMs, settled) {
      const mine = turn.then(() => advance(face, byMs, settled));
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

function nowOf({ base, offsetMs }: Face): number {
  return base.now() + offsetMs;
}

// Rounded up: a timer that rings within its last millisecond would find nothing due and be set again.
function after(face: Face, delayMs: number, work: () => void): () => void {
  const timer: Timer = { dueAtMs: Math.ceil(nowOf(face) + Math.max(delayMs, 0)), work, cancel: () => {} };
  face.timers.add(timer);
  arm(face, timer);
  return () => {
    timer.cancel();
    face.timers.delete(timer);
  };
}

function arm(face: Face, timer: Timer): void {
  timer.cancel();
  timer.cancel = face.base.after(timer.dueAtMs - nowOf(face), () => ring(face, timer));
}

function ring(face: Face, timer: Timer): void {
  timer.cancel();
  if (face.timers.delete(timer)) timer.work();
}

async function advance(face: Face, byMs: number, settled: () => Promise<void>): Promise<void> {
  const endMs = face.offsetMs + byMs;
  await settled();
  for (;;) {
    const soonest = dueBy(face, face.base.now() + endMs)[0];
    if (soonest === undefined) break;
    face.offsetMs += Math.max(0, soonest.dueAtMs - nowOf(face));
    for (const timer of dueBy(face, nowOf(face))) ring(face, timer);
    await settled();
  }
  face.offsetMs = endMs;
  for (const timer of face.timers) arm(face, timer);
  await settled();
}

/** What falls due until then, soonest first. */
function dueBy({ timers }: Face, ms: number): Timer[] {
  return [...timers].filter((timer) => timer.dueAtMs <= ms).sort((a, b) => a.dueAtMs - b.dueAtMs);
}
