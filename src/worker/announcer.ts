import type { Log } from '../log.ts';

/** Announcements follow each other no closer than this: what is written in between goes together. */
const COALESCE_MS = 20;

export interface Announcer {
  add(orderId: string): void;
  /** Tells what is left. */
  stop(): Promise<void>;
}

/** Gathers the orders that this process writes and tells of them together. A lost announcement is a lost hint, no more. */
export function startAnnouncer(tell: (orderIds: readonly string[]) => Promise<void>, log: Log): Announcer {
  let waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let telling: Promise<void> = Promise.resolve();

  async function tellAll(): Promise<void> {
    timer = undefined;
    const orderIds = [...waiting];
    waiting = new Set();
    if (orderIds.length === 0) return;
    await tell(orderIds).catch((error) =>
      log.warn({ err: error }, 'an announcement was lost: the relay finds its rows later'),
    );
  }

  return {
    add(orderId) {
      waiting.add(orderId);
      timer ??= setTimeout(() => {
        telling = tellAll();
      }, COALESCE_MS);
    },
    async stop() {
      clearTimeout(timer);
      await telling;
      await tellAll();
    },
  };
}
