import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { outgrownTables } from './statements/outgrown.ts';

/** Analyzes the tables that have outgrown their statistics; answers which. Every kept plan is made anew after that. */
export async function analyzeOutgrown({ pool }: Pick<Database, 'pool'>): Promise<readonly string[]> {
  const names = (await rowsOf<{ name: string }>(pool, outgrownTables, [])).map(({ name }) => name);
  for (const name of names) await pool.query(`analyze ${name}`);
  return names;
}
