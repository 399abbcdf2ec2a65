/**
 * One at a time for each key: the callers in this process that want to change one order queue up
 * here instead of racing in the database. `waited` tells that what was read before may be stale.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = before === undefined ? work(false) : before.then(() => work(true));
    const settled = mine.then(ignore, ignore);
    this.#last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}

function ignore(): void {}
