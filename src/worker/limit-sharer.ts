import type { Log } from '../log.ts';
import type { LimitKind, Limits } from '../merchants/limits.ts';
import type { SharedLimits, SpentOf } from '../merchants/ports.ts';

const TELL_EVERY_MS = 250;
/** A database that does not answer is left alone for so long; each process limits by itself meanwhile. */
const REST_MS = 5_000;
const FORGET_EVERY_MS = 60_000;

const KINDS: readonly LimitKind[] = ['credential', 'merchant', 'address', 'notification'];

export interface LimitSharerNeeds {
  readonly limits: Limits;
  readonly shared: SharedLimits;
  readonly log: Log;
}

/**
 * Lets processes on one database keep a limit together: four times a second each adds what its busy callers have taken, and
 * hears what is left. Without busy callers it asks nothing, and no request ever waits for it.
 */
export function startLimitSharer({ limits, shared, log }: LimitSharerNeeds): { stop(): Promise<void> } {
  let telling: Promise<void> | undefined;
  let restsUntil = 0;
  let forgetAt = Number.POSITIVE_INFINITY;

  async function tell(spent: readonly SpentOf[]): Promise<void> {
    try {
      if (spent.length > 0) for (const heard of await shared.add(spent)) limits[heard.limit].hear(heard);
      if (performance.now() < forgetAt) return;
      await shared.forget();
      forgetAt = Number.POSITIVE_INFINITY;
    } catch (error) {
      restsUntil = performance.now() + REST_MS;
      log.warn({ err: error }, 'limits are not shared with other processes: each counts by itself');
    }
  }

  const timer = setInterval(() => {
    const now = performance.now();
    if (telling !== undefined || now < restsUntil) return;
    const spent = KINDS.flatMap((limit) => limits[limit].tell().map((one) => ({ limit, ...one })));
    if (spent.length === 0 && now < forgetAt) return;
    if (spent.length > 0) forgetAt = Math.min(forgetAt, now + FORGET_EVERY_MS);
    telling = tell(spent).finally(() => {
      telling = undefined;
    });
  }, TELL_EVERY_MS);

  return {
    async stop() {
      clearInterval(timer);
      await telling;
    },
  };
}
