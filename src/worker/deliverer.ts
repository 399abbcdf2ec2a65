import type { Log } from '../log.ts';

/** Attempts of this process on their way, to all endpoints together: far more than a few dead ones can hold. */
const SIDE_BY_SIDE = 256;
/** Rounds follow each other no closer than this: what happens in between is one round. */
const COALESCE_MS = 20;
/** What a hint was lost for, and what is due by time alone, is found this late at most. */
const POLL_MS = 500;
const MAX_PAUSE_MS = 2_000;
/** How long attempts may take to finish when we stop; then they are abandoned. */
const PATIENCE_MS = 2_000;

export interface DelivererNeeds<Due> {
  /** Owes new events to the endpoints; answers how many it has looked at. */
  fanOut(): Promise<number>;
  take(limit: number): Promise<readonly Due[]>;
  deliver(due: Due): Promise<unknown>;
  /** Ends the attempts that are still on their way. */
  abandon(): void;
  readonly log: Log;
}

export interface Deliverer {
  /** There may be something to deliver. */
  poke(): void;
  stop(): Promise<void>;
}

/** Delivers what is due, at once after a poke and twice a second anyway. Any number may run on one database. */
export function startDeliverer<Due>({ fanOut, take, deliver, abandon, log }: DelivererNeeds<Due>): Deliverer {
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let poked = false;
  let busy = false;
  let failures = 0;
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
      const looked = await fanOut();
      const taken = underWay.size < SIDE_BY_SIDE && !stopped ? await take(SIDE_BY_SIDE - underWay.size) : [];
      for (const due of taken) start(due);
      if (looked > 0) poked = true;
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error, failures }, 'the webhooks wait for the database');
    }
    busy = false;
    const pause = failures === 0 ? POLL_MS : Math.min(POLL_MS * 2 ** failures, MAX_PAUSE_MS);
    schedule(poked && failures === 0 ? sinceLast() : pause);
  }

  /** When one is over, the next of its order may go. One that fails here is taken again when its hold is over. */
  function start(due: Due): void {
    const work = deliver(due)
      .catch((error) => log.error({ err: error }, 'a webhook could not be attempted'))
      .then(() => {
        underWay.delete(work);
        poke();
      });
    underWay.add(work);
  }

  function poke(): void {
    if (poked) return;
    poked = true;
    if (failures === 0) schedule(sinceLast());
  }

  function sinceLast(): number {
    return Math.max(0, lastAt + COALESCE_MS - performance.now());
  }

  schedule(0);
  return {
    poke,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      const patience = setTimeout(abandon, PATIENCE_MS);
      await Promise.all(underWay);
      clearTimeout(patience);
    },
  };
}
