// Callers that come in the same moment share one statement: under load the round trips, the parsing of
// answers and the executor's start-up are paid once for all of them, and a lone caller waits for nobody.
import { DatabaseError } from 'pg';

/** How many callers one statement serves at most. */
const MOST_CALLERS = 64;

/** Statements of one group in flight. Callers that come meanwhile gather for the next one. */
const MOST_STATEMENTS = 2;

export interface Shared<Item, Answer> {
  /** Only items of the same group share a statement: those of one merchant, whose rows lie together. */
  groupOf(item: Item): string;
  /** Answers all of them, up to 64, in their order. */
  run(items: readonly Item[]): Promise<readonly Answer[]>;
}

/**
 * Asks together with others. A statement that fails fails only for those who shared it; when it was the
 * values of one of them that failed, each is asked again alone, so that `run` must leave nothing behind
 * when it fails.
 */
export function together<Item, Answer>(shared: Shared<Item, Answer>): (item: Item) => Promise<Answer> {
  const groups = new Map<string, Gathering<Item, Answer>>();
  return (item) => {
    const name = shared.groupOf(item);
    const group = groups.get(name) ?? new Gathering(shared.run, () => groups.delete(name));
    groups.set(name, group);
    return group.ask(item);
  };
}

interface Caller<Item, Answer> {
  readonly item: Item;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

class Gathering<Item, Answer> {
  readonly #run: Shared<Item, Answer>['run'];
  readonly #emptied: () => void;
  #waiting: Caller<Item, Answer>[] = [];
  #running = 0;
  #starting = false;

  constructor(run: Shared<Item, Answer>['run'], emptied: () => void) {
    this.#run = run;
    this.#emptied = emptied;
  }

  ask(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#startSoon();
    });
  }

  #startSoon(): void {
    if (this.#starting || this.#running === MOST_STATEMENTS || this.#waiting.length === 0) return;
    this.#starting = true;
    // After what has just been read from the sockets, and before anything else is waited for.
    setImmediate(() => {
      this.#starting = false;
      void this.#serve(this.#waiting.splice(0, MOST_CALLERS));
      this.#startSoon();
    });
  }

  async #serve(callers: readonly Caller<Item, Answer>[]): Promise<void> {
    this.#running += 1;
    await this.#answer(callers);
    this.#running -= 1;
    this.#startSoon();
    if (this.#running === 0 && this.#waiting.length === 0) this.#emptied();
  }

  async #answer(callers: readonly Caller<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#answersTo(callers.map(({ item }) => item));
      for (const [index, answer] of answers.entries()) callers[index]?.resolve(answer);
    } catch (error) {
      if (callers.length === 1 || !isFaultOfValues(error)) for (const { reject } of callers) reject(error);
      else for (const caller of callers) await this.#answer([caller]);
    }
  }

  async #answersTo(items: readonly Item[]): Promise<readonly Answer[]> {
    const answers = await this.#run(items);
    if (answers.length !== items.length) throw new Error(`${items.length} asked, ${answers.length} answered`);
    return answers;
  }
}

/** What one caller's values can cause for all: one row twice (21), a bad value (22), a broken constraint (23), a deadlock. */
function isFaultOfValues(error: unknown): boolean {
  return error instanceof DatabaseError && /^(21|22|23|40P01)/.test(error.code ?? '');
}
