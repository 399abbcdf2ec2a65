import type { OrderEvent } from './event.ts';
import type { Order } from './order.ts';

/** Takes what this process has just written, so that it need not be read; false: it must be. */
export type Take = (order: Order, events: readonly OrderEvent[]) => boolean;

/** Someone who waits for news. */
export interface Listener {
  /** Resolves at the next wake-up or content, at once when a wake-up came since the last call; false after close(). */
  next(): Promise<boolean>;
  /** What was to be read could not be: a wake-up comes by itself within a second and a half. */
  lookAgain(): void;
  close(): void;
}

/** How many are woken at a time when all are: what each reads then fits into one statement for all of them. */
const WOKEN_AT_A_TIME = 64;
const LEAST_GAP_MS = 5;

/**
 * Who waits for news of what in this process; a key is an order's id, or whatever else has news. A wake-up is a hint
 * without content: the listener reads what is new. Many hints before the next read are one. Only what this process has
 * written itself comes with its content.
 */
export class WakeUps {
  readonly #listeners = new Map<string, Set<Ear>>();
  #wakingAll: NodeJS.Timeout | undefined;

  get size(): number {
    let size = 0;
    for (const ears of this.#listeners.values()) size += ears.size;
    return size;
  }

  listen(key: string, take: Take = () => false): Listener {
    const ears = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, ears);
    const ear = new Ear(take, () => {
      ears.delete(ear);
      if (ears.size === 0 && this.#listeners.get(key) === ears) this.#listeners.delete(key);
    });
    ears.add(ear);
    return ear;
  }

  wake(keys: Iterable<string>): void {
    for (const key of keys) for (const ear of this.#listeners.get(key) ?? []) ear.hear();
  }

  /** This process has written an order: who follows it gets the events, or a wake-up when it does not take them. */
  tell(order: Order, events: readonly OrderEvent[]): void {
    for (const ear of this.#listeners.get(order.id) ?? []) ear.tell(order, events);
  }

  /**
   * Wakes everybody, evenly over so many ms: thousands who read at once would delay those who have news. A second call
   * takes the place of one still going on.
   */
  wakeAll(withinMs: number): void {
    clearTimeout(this.#wakingAll);
    const keys = [...this.#listeners.keys()];
    const slices = Math.ceil(keys.length / WOKEN_AT_A_TIME);
    const gapMs = Math.max(LEAST_GAP_MS, withinMs / Math.max(1, slices));
    const wakeFrom = (start: number) => {
      this.wake(keys.slice(start, start + WOKEN_AT_A_TIME));
      const next = start + WOKEN_AT_A_TIME;
      if (next < keys.length) this.#wakingAll = setTimeout(wakeFrom, gapMs, next).unref();
    };
    wakeFrom(0);
  }
}

/** Spread, so that a database that comes back is not stormed by all who wait. */
const AGAIN_MS = { least: 500, spread: 1_000 };

class Ear implements Listener {
  readonly #take: Take;
  readonly #forget: () => void;
  #timer: NodeJS.Timeout | undefined;
  #heard = false;
  /** From a wake-up until the listener waits again: in between it reads, and what it is told could hide what it was woken for. */
  #woken = false;
  #closed = false;
  #resolve: ((open: boolean) => void) | undefined;

  constructor(take: Take, forget: () => void) {
    this.#take = take;
    this.#forget = forget;
  }

  hear(): void {
    this.#heard = true;
    this.#woken = true;
    this.#answer();
  }

  tell(order: Order, events: readonly OrderEvent[]): void {
    if (!this.#woken && this.#take(order, events)) this.#answer();
    else this.hear();
  }

  next(): Promise<boolean> {
    this.#woken = this.#heard;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#heard || this.#closed) this.#answer();
    });
  }

  lookAgain(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hear(), AGAIN_MS.least + Math.random() * AGAIN_MS.spread).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed = true;
    this.#forget();
    this.#answer();
  }

  #answer(): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#heard = false;
    resolve(!this.#closed);
  }
}
