/** Someone who waits for news of one order. */
export interface Listener {
  /** Resolves at the next wake-up, at once when one came since the last call; false after close(). */
  next(): Promise<boolean>;
  /** What was to be read could not be: a wake-up comes by itself within a second and a half. */
  lookAgain(): void;
  close(): void;
}

/**
 * Who waits for which order in this process. A wake-up is a hint without content: the listener reads
 * what is new. Many hints before the next read are one.
 */
export class WakeUps {
  readonly #listeners = new Map<string, Set<Ear>>();

  get size(): number {
    let size = 0;
    for (const ears of this.#listeners.values()) size += ears.size;
    return size;
  }

  listen(orderId: string): Listener {
    const ears = this.#listeners.get(orderId) ?? new Set();
    this.#listeners.set(orderId, ears);
    const ear = new Ear(() => {
      ears.delete(ear);
      if (ears.size === 0 && this.#listeners.get(orderId) === ears) this.#listeners.delete(orderId);
    });
    ears.add(ear);
    return ear;
  }

  wake(orderIds: Iterable<string>): void {
    for (const orderId of orderIds) for (const ear of this.#listeners.get(orderId) ?? []) ear.hear();
  }

  wakeAll(): void {
    this.wake(this.#listeners.keys());
  }
}

/** Spread, so that a database that comes back is not stormed by all who wait. */
const AGAIN_MS = { least: 500, spread: 1_000 };

class Ear implements Listener {
  readonly #forget: () => void;
  #timer: NodeJS.Timeout | undefined;
  #heard = false;
  #closed = false;
  #resolve: ((open: boolean) => void) | undefined;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  hear(): void {
    this.#heard = true;
    this.#answer();
  }

  next(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#heard || this.#closed) this.#answer();
    });
  }

  lookAgain(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hear(), AGAIN_MS.least + Math.random() * AGAIN_MS.spread);
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
