/** Someone who waits for news of one order. */
export interface Listener {
  /** Resolves at the next wake-up, at once when one came since the last call; false after close(). */
  next(): Promise<boolean>;
  close(): void;
}

/**
 * Who waits for which order in this process. A wake-up is a hint without content: the listener reads
 * what is new. Many hints before the next read are one.
 */
export class WakeUps {
  readonly #listeners = new Map<string, Set<Ear>>();
  readonly #toAll: (() => void)[] = [];

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

  /** Hears every wake-up, whomever it is for. */
  listenToAll(act: () => void): void {
    this.#toAll.push(act);
  }

  wake(orderIds: Iterable<string>): void {
    for (const act of this.#toAll) act();
    for (const orderId of orderIds) for (const ear of this.#listeners.get(orderId) ?? []) ear.hear();
  }

  wakeAll(): void {
    this.wake(this.#listeners.keys());
  }
}

class Ear implements Listener {
  readonly #forget: () => void;
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

  close(): void {
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
