import type { Log } from '../log.ts';
import type { Checks, Taken } from '../orders/ports.ts';

/** How many orders are looked at side by side; a slow answer holds up none of the others. */
const SIDE_BY_SIDE = 32;
const POLL_MS = 250;
const MAX_PAUSE_MS = 2_000;

export interface CheckerNeeds {
  readonly checks: Pick<Checks, 'take'>;
  readonly check: (taken: Taken) => Promise<unknown>;
  readonly now: () => Date;
  readonly log: Log;
}

export interface Checker {
  /** Looks at everything that is due now and at what that makes due; answers when nothing is. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Takes the orders whose time has come and does the next thing on their agenda. Any number may run on one database. */
export function startChecker({ checks, check, now, log }: CheckerNeeds): Checker {
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<unknown> = Promise.resolve();

  async function take(): Promise<number> {
    const taken = await checks.take(SIDE_BY_SIDE - underWay.size, now());
    for (const one of taken) {
      const work = look(one).finally(() => underWay.delete(work));
      underWay.add(work);
    }
    return taken.length;
  }

  /** One that fails is taken again when its time as taken is over. */
  async function look(taken: Taken): Promise<void> {
    try {
      await check(taken);
    } catch (error) {
      log.error({ err: error, orderId: taken.orderId }, 'an order could not be checked');
    }
  }

  async function poll(): Promise<void> {
    try {
      if (underWay.size < SIDE_BY_SIDE) await take();
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error, failures }, 'the checks wait for the database');
    }
    schedule();
  }

  function schedule(): void {
    if (stopped) return;
    const pause = failures === 0 ? POLL_MS : Math.min(POLL_MS * 2 ** failures, MAX_PAUSE_MS);
    timer = setTimeout(() => {
      polling = poll();
    }, pause);
  }

  schedule();
  return {
    async settle() {
      do await Promise.all(underWay);
      while (!stopped && (await take()) > 0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await polling;
      await Promise.all(underWay);
    },
  };
}
