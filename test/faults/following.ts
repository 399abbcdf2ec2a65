// A subscription that comes back after every break, at the other gateway, behind what it has seen.
import { setTimeout as pause } from 'node:timers/promises';
import { type Door, type Feed, openFeed, type Variables } from '../support/graphql-client.ts';
import type { Operation } from '../support/operation.ts';

export interface Following<Seen> {
  /** Everything that came, in the order it came in. */
  readonly seen: readonly Seen[];
  /** The server has said that nothing more can come. */
  hasEnded(): boolean;
  stop(): void;
}

export interface Followed<Data, Sent, Seen> {
  readonly doors: readonly Door[];
  /** The door it begins with. */
  readonly first: number;
  readonly operation: Operation<Data, Sent>;
  /** What it asks for, behind the last thing that it has seen. */
  after(last: Seen | undefined): Sent;
  read(data: Data): Seen;
}

const BREATH_MS = 30;
const LOOK_MS = 20;

/** Ends by itself when the server says that nothing more can come. */
export function follow<Data, Sent extends Variables, Seen>(followed: Followed<Data, Sent, Seen>): Following<Seen> {
  const { doors, first, operation } = followed;
  const seen: Seen[] = [];
  const state: { stopped: boolean; ended: boolean; feed?: Feed<Data> } = { stopped: false, ended: false };
  const run = async () => {
    for (let turn = first; !state.stopped; turn += 1) {
      const door = doors[turn % doors.length];
      if (door === undefined) return;
      const feed = openFeed(door, operation, { variables: followed.after(seen.at(-1)) });
      state.feed = feed;
      if ((await drained(feed, (data) => seen.push(followed.read(data)))) === 'completed') {
        state.ended = true;
        return;
      }
      await pause(BREATH_MS);
    }
  };
  void run();
  return {
    seen,
    hasEnded: () => state.ended,
    stop() {
      state.stopped = true;
      state.feed?.stop();
    },
  };
}

/**
 * Notes what comes as it comes, not when it has ended. A subscription that could not begin because the database was away
 * is answered with errors and then completed: that is no end, its client asks again.
 */
async function drained<Data>(feed: Feed<Data>, note: (data: Data) => void): Promise<string> {
  let noted = 0;
  const look = () => {
    const fresh = feed.answers.slice(noted);
    noted += fresh.length;
    for (const { data } of fresh) if (data) note(data);
  };
  const timer = setInterval(look, LOOK_MS);
  const { kind } = await feed.ended;
  clearInterval(timer);
  look();
  return feed.answers.some(({ errors }) => errors !== undefined) ? 'failed' : kind;
}
