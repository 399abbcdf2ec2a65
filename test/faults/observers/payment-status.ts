// Frontends that follow one order each over paymentStatus and come back with `after` whenever their socket breaks.
import { setTimeout as pause } from 'node:timers/promises';
import { type Door, type Feed, openFeed } from '../../support/graphql-client.ts';
import { until } from '../../support/until.ts';
import { differences, type Observer, type SeenEvent } from '../observer.ts';
import type { HappenedOrder } from '../truth.ts';

const FOLLOW = `subscription ($orderId: ID!, $after: Int) {
  paymentStatus(orderId: $orderId, after: $after) { id version type status }
}`;
/** A wake-up that got lost with its connection is made up for this soon; the floor of 15 s would be too late. */
const TOLD_WITHIN_MS = 6_000;

type Status = { paymentStatus: SeenEvent };

interface Follower {
  readonly orderId: string;
  readonly seen: SeenEvent[];
  stop(): void;
}

/** `doors` in turn: a follower whose gateway dies goes on at the other one. */
export function paymentStatus(doors: readonly Door[]): Observer {
  const followers = new Map<string, Follower>();
  return {
    name: 'paymentStatus',
    watch(orderId) {
      if (!followers.has(orderId)) followers.set(orderId, follow(orderId, doors, followers.size));
    },
    async faults({ orders }) {
      const all = await Promise.all(orders.map((order) => faultsOf(followers.get(order.typeId), order)));
      return all.flat();
    },
    close() {
      for (const follower of followers.values()) follower.stop();
      followers.clear();
    },
  };
}

async function faultsOf(follower: Follower | undefined, order: HappenedOrder): Promise<string[]> {
  if (follower === undefined) return [];
  const last = () => follower.seen.at(-1)?.version ?? 0;
  await until(last, (version) => version >= order.version, TOLD_WITHIN_MS).catch(() => undefined);
  return differences(`paymentStatus of ${order.merchantOrderNo}`, follower.seen, order.events);
}

function follow(orderId: string, doors: readonly Door[], first: number): Follower {
  const seen: SeenEvent[] = [];
  const state: { stopped: boolean; feed?: Feed<Status> } = { stopped: false };
  const run = async () => {
    for (let turn = first; !state.stopped; turn += 1) {
      const door = doors[turn % doors.length];
      if (door === undefined) return;
      const before = seen.length;
      const feed = openFeed<Status>(door, { query: FOLLOW, variables: { orderId, after: seen.at(-1)?.version ?? 0 } });
      state.feed = feed;
      const ended = await watched(feed, seen, before);
      if (ended === 'completed') return;
      await pause(30);
    }
  };
  void run();
  return {
    orderId,
    seen,
    stop() {
      state.stopped = true;
      state.feed?.stop();
    },
  };
}

/** Notes each event as it comes, not when the feed has ended. */
async function watched(feed: Feed<Status>, seen: SeenEvent[], before: number): Promise<string> {
  const note = () => {
    const heard = feed.answers.flatMap(({ data }) => (data ? [data.paymentStatus] : []));
    seen.push(...heard.slice(seen.length - before));
  };
  const timer = setInterval(note, 20);
  const { kind } = await feed.ended;
  clearInterval(timer);
  note();
  return kind;
}
