import type { Log } from '../log.ts';

const EVERY_MS = 60_000;
/** Rows of each merchant that are looked at in one statement. */
const BATCH = 1_000;

export interface Pruner {
  stop(): Promise<void>;
}

/** Forgets events that are older than their retention, a batch at a time, every minute. Any number may run on one database. */
export function startPruner(prune: (limit: number) => Promise<number>, log: Log): Pruner {
  let stopped = false;
  let pruning: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    pruning = pruning.then(round);
  }, EVERY_MS);

  async function round(): Promise<void> {
    try {
      while (!stopped && (await prune(BATCH)) > 0);
    } catch (error) {
      log.warn({ err: error }, 'old events are forgotten later');
    }
  }

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await pruning;
    },
  };
}
