import type { Log } from '../log.ts';

/** So old what a process knows may grow; with the answer's own time a change is everywhere within five seconds. */
const EVERY_MS = 2_000;

export interface Refresher {
  stop(): Promise<void>;
}

/** Asks again and again for what has changed elsewhere. While the database is away, what is known stays. */
export function startRefresher(refresh: () => Promise<void>, log: Log): Refresher {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let asking: Promise<void> = Promise.resolve();
  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      asking = refresh()
        .catch((error) => log.warn({ err: error }, 'changes of apps are learnt later'))
        .finally(schedule);
    }, EVERY_MS);
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await asking;
    },
  };
}
