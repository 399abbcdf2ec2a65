import type { FeedPlace, FeedPlaces } from '../deliveries/feed-places.ts';
import type { Log } from '../log.ts';
import type { Feed, PlacedEvent } from '../orders/feed.ts';

/** Events that are on their way to the broker together, of one merchant. */
const BATCH = 500;
/** Merchants that are served side by side. */
const SIDE_BY_SIDE = 8;
/** Batches of one merchant before another that waits has its turn. */
const BATCHES_A_TURN = 20;
/** Merchants that one look finds. */
const FOUND = 1_000;
/** What another process placed and could not publish is found this late at most. */
const POLL_MS = 1_000;
const MAX_PAUSE_MS = 10_000;

export interface PublisherNeeds {
  readonly places: FeedPlaces;
  readonly feed: Pick<Feed, 'read'>;
  /** Resolves when the broker has all of them for good. @throws when it may not have some. */
  readonly publish: (events: readonly PlacedEvent[]) => Promise<void>;
  /** Whether it is worth trying. */
  readonly isReady: () => boolean;
  readonly log: Log;
}

export interface Publisher {
  /** These merchants' feeds have grown; without any, look for yourself. */
  poke(merchantIds?: readonly string[]): void;
  stop(): Promise<void>;
}

/**
 * Carries every merchant's feed to the broker, in the order of the feed. A place moves only behind what is confirmed, by
 * the process that holds it: so nothing is skipped, and what is sent twice is the same run again. Any number may run on
 * one database.
 */
export function startPublisher({ places, feed, publish, isReady, log }: PublisherNeeds): Publisher {
  const waiting = new Set<string>();
  const serving = new Map<string, Promise<void>>();
  let stopped = false;
  let failures = 0;
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function schedule(ms: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  }

  /** Looks for merchants with something to publish, whatever the pokes told, and goes on by itself. */
  function look(): void {
    looking ??= find().finally(() => {
      looking = undefined;
      schedule(pauseMs());
    });
  }

  async function find(): Promise<void> {
    try {
      for (const merchantId of await places.waiting(FOUND)) waiting.add(merchantId);
      if (waiting.size === 0 && serving.size === 0) failures = 0;
      await takeTurns();
    } catch (error) {
      failed(error);
    }
  }

  /** As many of those who wait as there is room for; who is being served here keeps waiting for its next turn. */
  async function takeTurns(): Promise<void> {
    const room = SIDE_BY_SIDE - serving.size;
    const asked = [...waiting].filter((merchantId) => !serving.has(merchantId)).slice(0, room);
    if (stopped || !isReady() || asked.length === 0) return;
    for (const merchantId of asked) waiting.delete(merchantId);
    for (const place of await places.take(asked, room)) {
      const turn = serve(place).finally(() => {
        serving.delete(place.merchantId);
        if (failures === 0) takeTurns().catch(failed);
      });
      serving.set(place.merchantId, turn);
    }
  }

  async function serve(place: FeedPlace): Promise<void> {
    let held: FeedPlace | undefined = place;
    try {
      for (let batch = 1; held !== undefined && !stopped && isReady(); batch += 1) {
        const { events } = await feed.read(held.merchantId, { after: held.position, limit: BATCH });
        const last = events.at(-1);
        if (last === undefined) break;
        await publish(events);
        held = await places.move(held, last.position);
        failures = 0;
        if (events.length < BATCH) break;
        if (batch === BATCHES_A_TURN) {
          waiting.add(place.merchantId);
          break;
        }
      }
    } catch (error) {
      failed(error);
    }
    if (held !== undefined) await places.release(held).catch(failed);
  }

  function failed(error: unknown): void {
    failures += 1;
    log.warn({ err: error, failures }, 'events wait for the broker');
  }

  /** Gaps grow, and differ between processes. */
  function pauseMs(): number {
    const pause = Math.min(POLL_MS * 2 ** failures, MAX_PAUSE_MS);
    return failures === 0 ? POLL_MS : pause * (0.5 + Math.random() / 2);
  }

  schedule(0);
  return {
    poke(merchantIds) {
      for (const merchantId of merchantIds ?? []) waiting.add(merchantId);
      if (stopped) return;
      if (merchantIds === undefined) schedule(0);
      else if (failures === 0) takeTurns().catch(failed);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await Promise.all(serving.values());
    },
  };
}
