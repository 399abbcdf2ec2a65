import { Client } from 'pg';

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly tableMb: number;
  readonly indexesMb: number;
}

/** What a database takes on disk, the largest table first; rows as PostgreSQL estimates them. */
export async function tableSizes(databaseUrl: string): Promise<TableSize[]> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<TableSize>(`
      select relname as table, greatest(reltuples, 0)::float8 as rows, pg_table_size(oid)::float8 / 1048576 as "tableMb",
        pg_indexes_size(oid)::float8 / 1048576 as "indexesMb"
      from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      order by pg_total_relation_size(oid) desc limit 8`);
    return rows;
  } finally {
    await client.end();
  }
}
