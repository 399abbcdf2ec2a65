// An episode on its way: who plays in it, and what they have been told.
import type { Observer } from './observer.ts';
import type { Episode } from './plan.ts';
import type { Site } from './site.ts';
import { openTill, type Told } from './till.ts';

export interface Scene {
  readonly site: Site;
  readonly episode: Episode;
  /** The merchantOrderNo of each order of the plan. */
  numberOf(order: number): string;
  /** What all clients were told. */
  readonly history: Told[];
  readonly observers: readonly Observer[];
  /** Forged notices that were acknowledged, and the like. */
  readonly scandals: string[];
  /** Numbers that Alipay was paid under and that no order of ours has. */
  readonly strangers: string[];
}

let scenes = 0;

export function openScene(site: Site, episode: Episode, observers: readonly Observer[]): Scene {
  scenes += 1;
  const prefix = `E${episode.seed}-${scenes}`;
  const numberOf = (order: number) => `${prefix}-${order}`;
  return { site, episode, numberOf, history: [], observers, scandals: [], strangers: [] };
}

/** The doors of both gateways, another one first for every other client. */
export function doorsFor({ site }: Scene, client: number) {
  const doors = site.places.map(({ gateway }) => gateway.door);
  return client % 2 === 0 ? doors : doors.reverse();
}

export function tillFor(scene: Scene, client: number) {
  return openTill(doorsFor(scene, client), scene.history);
}
