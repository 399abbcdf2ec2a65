// How news travels: from the outbox into the feeds, and as hints to whoever waits, here and in every other process.
import type { Config } from './config.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { Log } from './log.ts';
import type { WakeUps } from './orders/wake-ups.ts';
import { pruneOnce } from './postgres/feed.ts';
import { postgresOutboxRelay } from './postgres/outbox-relay.ts';
import { listenForWakeUps, tellWritten } from './postgres/wake-ups.ts';
import { startAnnouncer } from './worker/announcer.ts';
import { startPruner } from './worker/pruner.ts';
import { startRelay } from './worker/relay.ts';

export interface NewsParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly wakeUps: WakeUps;
  readonly ends: Ends;
}

export interface News {
  /** This process has written an order: its own subscribers hear at once, the others through the relay. */
  written(orderId: string): void;
}

/** Every subscription looks again this often, whatever became of the hints. */
const FLOOR_MS = 15_000;
/** Over how long all look again after wake-ups may have been missed. */
const RECONNECT_MS = 500;

interface Teller {
  /** Something waits in the outbox. */
  tell(orderId: string): void;
  /** Another process says that something waits in the outbox. */
  heard(): void;
  stop(): Promise<void>;
}

export async function startNews({ role }: Pick<Config, 'role'>, parts: NewsParts): Promise<News> {
  const { base, log, wakeUps, ends } = parts;
  const teller = role === 'gateway' ? announcing(parts) : relaying(parts);
  ends.push(() => teller.stop());
  const listening = await listenForWakeUps({
    directUrl: base.directUrl,
    warn: (message) => log.warn(message),
    onNews: (ids) => wakeUps.wake(ids),
    onWritten: (orderIds) => {
      wakeUps.wake(orderIds);
      teller.heard();
    },
    onReconnect: () => wakeUps.wakeAll(RECONNECT_MS),
  });
  const floor = setInterval(() => wakeUps.wakeAll(FLOOR_MS / 2), FLOOR_MS);
  ends.push(async () => {
    clearInterval(floor);
    await listening.close();
  });
  return {
    written(orderId) {
      wakeUps.wake([orderId]);
      teller.tell(orderId);
    },
  };
}

function relaying({ base, log }: NewsParts): Teller {
  const outbox = postgresOutboxRelay(base.database);
  const now = () => base.clock.now();
  const take = async (limit: number) => (await outbox.takeOutbox({ limit, now: now(), notify: true })).taken;
  const relay = startRelay(base.failpoints.wrap('outbox', { take }), log);
  const pruner = startPruner((limit) => pruneOnce(base.database, now(), limit), log);
  return {
    tell: () => relay.poke(),
    heard: () => relay.poke(),
    stop: async () => {
      await Promise.all([pruner.stop(), relay.stop()]);
    },
  };
}

/** A process without a relay tells those that have one, outside the orders' statements. */
function announcing({ base, log }: NewsParts): Teller {
  const announcer = startAnnouncer((orderIds) => tellWritten(base.database, orderIds), log);
  return { tell: (orderId) => announcer.add(orderId), heard: () => {}, stop: () => announcer.stop() };
}
