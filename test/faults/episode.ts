// One episode: everybody plays, things go wrong, all becomes quiet, and then everything must fit.
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { checkOrder } from '../model/books.ts';
import { act } from './acts.ts';
import { armFirst, conduct } from './conductor.ts';
import { brokenInvariants } from './invariants.ts';
import type { Observer } from './observer.ts';
import { broker } from './observers/broker.ts';
import { feed } from './observers/feed.ts';
import { paymentStatus } from './observers/payment-status.ts';
import { webhooks } from './observers/webhooks.ts';
import type { Episode, Step } from './plan.ts';
import { brokenPromises } from './promises.ts';
import { quiet } from './quiet.ts';
import { openScene, type Scene } from './scene.ts';
import type { Site } from './site.ts';
import { readTruth } from './truth.ts';

/** Every road on which somebody is told. */
async function observersOn(site: Site): Promise<Observer[]> {
  const doors = site.places.map(({ gateway }) => gateway.door);
  const downstream = site.amqpUrl === undefined ? [] : [await broker(site, site.amqpUrl)];
  return [paymentStatus(doors), await feed(site), await webhooks(site), ...downstream];
}

/** Plays it; answers what is wrong afterwards, in words: nothing when all is well. */
export async function play(site: Site, episode: Episode): Promise<readonly string[]> {
  const observers = await observersOn(site);
  const scene = openScene(site, episode, observers);
  try {
    await perform(scene);
    await quiet(site);
    return await verdict(scene);
  } finally {
    for (const observer of observers) observer.close();
  }
}

async function perform(scene: Scene): Promise<void> {
  const { site, episode } = scene;
  if (episode.calm) await Promise.all(site.places.map(({ gateway }) => gateway.up()));
  const later = await armFirst(site, episode.faults);
  const conductor = conduct(site, later);
  const playClient = async (steps: readonly Step[], client: number) => {
    for (const step of steps) {
      await conductor.stepBegins();
      await act(scene, client, step);
    }
  };
  await Promise.all(episode.clients.map(playClient));
  await conductor.over();
}

async function verdict(scene: Scene): Promise<string[]> {
  const { site, episode, observers } = scene;
  const numbers = episode.clients.map((_, order) => scene.numberOf(order));
  const truth = await readTruth(site.pool, numbers);
  const faults = [
    ...(await brokenInvariants(site.pool, numbers)),
    ...(await brokenPromises(scene, truth)),
    ...(await booksApart(
      scene,
      truth.orders.map(({ merchantOrderNo }) => merchantOrderNo),
    )),
  ];
  for (const observer of observers) faults.push(...(await observer.faults(truth)));
  return faults;
}

/** Alipay's ledger against ours, to the fen. */
async function booksApart({ site }: Scene, numbers: readonly string[]): Promise<string[]> {
  const { database, ground, merchantId } = site;
  const books = { desk: { orders: postgresOrderStore(database) }, database, sandbox: ground.sandbox, merchantId };
  const apart = await Promise.all(
    numbers.map((number) =>
      checkOrder(books, number).then(
        () => [],
        (error: Error) => [`${String(error.cause ?? '')} ${error.message}`],
      ),
    ),
  );
  return apart.flat();
}
