import type { Pool } from 'pg';

/** A hot statement. PostgreSQL parses and plans a named one once for each connection. */
export interface Statement {
  /** Up to 63 characters; another text needs another name. */
  readonly name: string;
  readonly text: string;
}

/**
 * The right side of `key = …` that leads through the whole key whatever the planner knows. Over a table without statistics
 * a plain parameter is a draw between that key and every other index that begins with the merchant, and the plan that
 * walks all rows of the merchant is kept while the table grows. PostgreSQL 15 and 16 draw all the same: until there are
 * statistics, which is why statistics.ts makes them early.
 */
export function only(parameter: string, type: 'uuid' | 'text'): string {
  return `any ((select array[${parameter}::${type}])::${type}[])`;
}

/** A value that pg binds as it is. A bigint goes as text. */
export type Value = string | number | boolean | null | Date | Uint8Array | readonly string[];

export async function rowsOf<Row extends object>(
  pool: Pool,
  { name, text }: Statement,
  values: Value[],
): Promise<Row[]> {
  const { rows } = await pool.query<Row>({ name, text, values });
  return rows;
}

/** The first row; undefined when there is none. */
export async function rowOf<Row extends object>(
  pool: Pool,
  statement: Statement,
  values: Value[],
): Promise<Row | undefined> {
  const [row] = await rowsOf<Row>(pool, statement, values);
  return row;
}
