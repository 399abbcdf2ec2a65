import type { Log } from '../log.ts';

/** Events whose turn has come, taken out of the outbox into the feed. */
export interface Outbox {
  /** Takes up to `limit` rows of each merchant and wakes whoever waits for them, in every process; answers how many. */
  take(limit: number): Promise<number>;
}

const BATCH = 500;
/** Rounds follow each other no closer than this: pokes that come in between are one round. */
const COALESCE_MS = 20;
/** Rows that another process wrote just before it died are found this late at most. */
const POLL_MS = 500;
/** So long at most after a database that was away is back. */
const MAX_PAUSE_MS = 2_000;

export interface Relay {
  /** There is something in the outbox. */
  poke(): void;
  stop(): Promise<void>;
}

/** Empties the outbox, at once after a poke and every half second anyway. Any number may run on one database. */
export function startRelay(outbox: Outbox, log: Log): Relay {
  let stopped = false;
  let poked = false;
  let failures = 0;
  let busy = false;
  let lastAt = -Infinity;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  function schedule(ms: number): void {
    if (stopped || busy) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      busy = true;
      running = round();
    }, ms);
  }

  async function round(): Promise<void> {
    poked = false;
    lastAt = performance.now();
    try {
      while (!stopped && (await outbox.take(BATCH)) >= BATCH);
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error, failures }, 'the outbox waits for the database');
    }
    busy = false;
    const pause = failures === 0 ? POLL_MS : Math.min(POLL_MS * 2 ** failures, MAX_PAUSE_MS);
    schedule(poked && failures === 0 ? sinceLast() : pause);
  }

  function sinceLast(): number {
    return Math.max(0, lastAt + COALESCE_MS - performance.now());
  }

  schedule(0);
  return {
    poke() {
      if (poked) return;
      poked = true;
      if (failures === 0) schedule(sinceLast());
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
