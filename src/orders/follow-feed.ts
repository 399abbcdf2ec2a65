import { type Feed, type FeedPage, hasLostPlace, type PlacedEvent } from './feed.ts';
import type { Listener, WakeUps } from './wake-ups.ts';

/** How many missed events are read at a time. */
const BATCH = 100;

export interface FollowFeedNeeds {
  readonly feed: Pick<Feed, 'read'>;
  readonly wakeUps: WakeUps;
  /** Hears why the feed could not be read. */
  readonly onFault: (error: unknown) => void;
}

/** The reader's place is gone: it was away for longer than events are kept. */
export class LostPlace extends Error {
  readonly page: FeedPage;

  constructor(page: FeedPage) {
    super('the events after this position are no longer kept');
    this.page = page;
  }
}

/**
 * A merchant's events after a position, then each one as it is placed. It listens before it reads and reads from the
 * feed, so that nothing is lost, doubled or out of order; it holds one batch, so that a slow reader costs nothing.
 * @throws LostPlace when the position can't be followed from, also later when the reader is too slow for the retention.
 */
export function followFeed(
  needs: FollowFeedNeeds,
  { merchantId, after }: { readonly merchantId: string; readonly after: number },
): AsyncIterableIterator<PlacedEvent> {
  const listener = needs.wakeUps.listen(merchantId);
  const events = read(needs, { merchantId, after, listener });
  return {
    next: () => events.next(),
    // A generator that waits can't hear return(): closing the listener ends its wait first.
    return: () => {
      listener.close();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface Reading {
  readonly merchantId: string;
  readonly after: number;
  readonly listener: Listener;
}

async function* read(
  needs: FollowFeedNeeds,
  { merchantId, after, listener }: Reading,
): AsyncGenerator<PlacedEvent, undefined> {
  let seen = after;
  try {
    do {
      let events: readonly PlacedEvent[];
      do {
        const news = await unseen(needs, merchantId, seen);
        if (news === undefined) listener.lookAgain();
        events = news ?? [];
        for (const event of events) yield event;
        seen = events.at(-1)?.position ?? seen;
      } while (events.length === BATCH);
    } while (await listener.next());
    return undefined;
  } finally {
    listener.close();
  }
}

/** Undefined while the feed can't be read. */
async function unseen(
  { feed, onFault }: FollowFeedNeeds,
  merchantId: string,
  after: number,
): Promise<readonly PlacedEvent[] | undefined> {
  const page = await feed.read(merchantId, { after, limit: BATCH }).catch((error: unknown) => {
    onFault(error);
    return undefined;
  });
  if (page === undefined) return undefined;
  if (hasLostPlace(page, after)) throw new LostPlace(page);
  return page.events;
}
