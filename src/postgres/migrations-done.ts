import type { MikroORM } from '@mikro-orm/postgresql';
import { type Client, DatabaseError } from 'pg';
import { allMigrations } from './migrations/all.ts';

const UNDEFINED_TABLE = '42P01';

export interface MigrationState {
  /** Names of those that have not run. */
  readonly pending: readonly string[];
  /** Names of those that have run and that this program does not know: a newer one has been here. */
  readonly unknown: readonly string[];
}

/** Only reads: a role that may change no table may ask. */
export async function migrationState(client: Client, orm: MikroORM): Promise<MigrationState> {
  const known = allMigrations.map((Known) => new Known(orm.driver, orm.config).name);
  const done = await migrationsDone(client);
  return {
    pending: known.filter((name) => !done.includes(name)),
    unknown: done.filter((name) => !known.includes(name)),
  };
}

async function migrationsDone(client: Client): Promise<string[]> {
  try {
    const { rows } = await client.query<{ name: string }>('select name from mikro_orm_migrations order by id');
    return rows.map(({ name }) => name);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}
