import type { Pool } from 'pg';

/** A hot statement. PostgreSQL parses and plans a named one once for each connection. */
export interface Statement {
  /** Up to 63 characters; another text needs another name. */
  readonly name: string;
  readonly text: string;
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
