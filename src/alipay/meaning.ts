/** `rejected`: nothing happened, for sure. `unknown`: something may have. */
export type Meaning = 'accepted' | 'rejected' | 'unknown';

/** What is said to a cashier. */
export interface Sentence {
  readonly message: string;
  readonly messageZh: string;
}

export interface SubCodeRow extends Sentence {
  /** When it is not what the code says. */
  readonly meaning?: Meaning;
}

export type Table<Row> = Readonly<Record<string, Row>>;

export function says(message: string, messageZh: string): Sentence {
  return { message, messageZh };
}

/** The row of exactly this key; a key that every object has is none. */
export function rowOf<Row>(table: Table<Row> | undefined, key: string): Row | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
