// How news travels: from the outbox into the feeds and on to the broker, and as hints to whoever waits, here and in every
// other process.
import type { Hint } from './broker/rabbit.ts';
import type { Config } from './config.ts';
import { brokerMessage } from './deliveries/broker-message.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { Metrics } from './http/metrics.ts';
import type { Log } from './log.ts';
import type { OrderEvent } from './orders/event.ts';
import type { Order } from './orders/order.ts';
import type { WakeUps } from './orders/wake-ups.ts';
import { postgresFeed, pruneOnce } from './postgres/feed.ts';
import { brokerPlaces } from './postgres/feed-places.ts';
import { postgresOutboxRelay } from './postgres/outbox-relay.ts';
import { listenForWakeUps, tellDeaf, tellWritten } from './postgres/wake-ups.ts';
import { startAnnouncer } from './worker/announcer.ts';
import { brokerHints, type Hints, onlyNotify, tellingTake } from './worker/hints.ts';
import { startPruner } from './worker/pruner.ts';
import { type Publisher, startPublisher } from './worker/publisher.ts';
import { startRelay } from './worker/relay.ts';

export interface NewsParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'published'>;
  readonly wakeUps: WakeUps;
  readonly ends: Ends;
}

export interface News {
  /** This process has written an order: its own subscribers have the events at once, the others through the relay. */
  written(order: Order, events: readonly OrderEvent[]): void;
  /** Events have come into the feed of a merchant with webhook endpoints; told in the process whose relay placed them. */
  onWebhooks(act: () => void): void;
}

/** Every subscription looks again this often, whatever became of the hints. */
const FLOOR_MS = 15_000;
/** When we stop, the broker may take so long to confirm what it has been given. */
const CONFIRM_WITHIN_MS = 2_000;
/** Over how long all look again after wake-ups may have been missed. */
const RECONNECT_MS = 500;

interface Teller extends Pick<News, 'onWebhooks'> {
  /** Something waits in the outbox. */
  tell(orderId: string): void;
  /** Another process says that something waits in the outbox. */
  heard(): void;
  stop(): Promise<void>;
}

export async function startNews({ role }: Pick<Config, 'role'>, parts: NewsParts): Promise<News> {
  const { base, log, wakeUps, ends } = parts;
  const lookAgain = () => wakeUps.wakeAll(RECONNECT_MS);
  const onNews = (ids: Ids) => wakeUps.wake(ids);
  const onWritten = (orderIds: Ids) => {
    wakeUps.wake(orderIds);
    teller.heard();
  };
  const hints = openHints(parts, { news: onNews, written: onWritten, look: lookAgain });
  const teller = role === 'gateway' ? announcing(parts, hints) : await relaying(parts, hints);
  ends.push(() => teller.stop());
  const listening = await listenForWakeUps({
    directUrl: base.directUrl,
    warn: (message) => log.warn(message),
    onNews,
    onWritten,
    onDeaf: () => hints.heardDeaf(),
    onReconnect: lookAgain,
  });
  const floor = setInterval(() => wakeUps.wakeAll(FLOOR_MS / 2), FLOOR_MS);
  ends.push(async () => {
    clearInterval(floor);
    hints.stop();
    await listening.close();
  });
  return {
    written(order, events) {
      wakeUps.tell(order, events);
      teller.tell(order.id);
    },
    onWebhooks: (act) => teller.onWebhooks(act),
  };
}

type Ids = readonly string[];

function openHints({ base, log }: NewsParts, on: Record<Hint, (ids: Ids) => void>): Hints {
  const { broker, database } = base;
  if (broker === undefined) return onlyNotify;
  return brokerHints({
    broker,
    onHint: (hint, ids) => on[hint](ids),
    tellDeaf: () => tellDeaf(database),
    wakeAll: () => on.look([]),
    log,
  });
}

async function relaying(parts: NewsParts, hints: Hints): Promise<Teller> {
  const { base, log, wakeUps } = parts;
  const outbox = postgresOutboxRelay(base.database);
  const publisher = await publishing(parts);
  const now = () => base.clock.now();
  let fanOut = () => {};
  const take = tellingTake(async (limit: number) => {
    const { taken, news, merchants, webhooks } = await outbox.takeOutbox({
      limit,
      now: now(),
      notify: hints.needsNotify(),
    });
    if (taken > 0) {
      wakeUps.wake(news);
      hints.tell('news', news);
      publisher?.poke(merchants);
    }
    if (webhooks) fanOut();
    return taken;
  }, hints.lookAgain);
  const relay = startRelay(base.failpoints.wrap('outbox', { take }), log);
  const pruner = startPruner((limit) => pruneOnce(base.database, now(), limit), log);
  return {
    tell: () => relay.poke(),
    heard: () => relay.poke(),
    onWebhooks(act) {
      fanOut = act;
    },
    stop: async () => {
      await Promise.all([pruner.stop(), relay.stop()]);
      const cut = setTimeout(() => base.broker?.close(), CONFIRM_WITHIN_MS);
      await publisher?.stop().finally(() => clearTimeout(cut));
    },
  };
}

/** The stream of events to the broker, when there is one. */
async function publishing({ base, log, metrics }: NewsParts): Promise<Publisher | undefined> {
  const { broker, database } = base;
  const places = brokerPlaces(database);
  if (broker === undefined) {
    if (await places.isIntroduced())
      log.warn('AMQP_URL is not set, but it was: events wait for RabbitMQ and are kept until then (docs/broker.md)');
    return undefined;
  }
  await places.introduce();
  const publisher = startPublisher({
    places,
    feed: postgresFeed(database),
    publish: async (events) => {
      await broker.publish(events.map(brokerMessage));
      metrics.published(events.length);
    },
    isReady: () => broker.fault() === undefined,
    log,
  });
  broker.onReady(() => publisher.poke());
  return publisher;
}

/** A process without a relay tells those that have one, outside the orders' statements. */
function announcing({ base, log }: NewsParts, hints: Hints): Teller {
  const tell = async (orderIds: Ids) => {
    hints.tell('written', orderIds);
    if (hints.needsNotify()) await tellWritten(base.database, orderIds);
  };
  const announcer = startAnnouncer(tell, log);
  return {
    tell: (orderId) => announcer.add(orderId),
    heard: () => {},
    onWebhooks: () => {},
    stop: () => announcer.stop(),
  };
}
