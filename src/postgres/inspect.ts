import { Client } from 'pg';
import { connectionTo } from './connection.ts';
import { type MigrationState, migrationState } from './migrations-done.ts';
import { initOrm } from './orm.ts';

/** What can be said of a database before anything is changed in it. */
export type Inspected =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | ({
      readonly kind: 'reached';
      /** As PostgreSQL counts it: 180001 is 18.1. */
      readonly version: number;
      readonly user: string;
      /** The user could rewrite history: it owns the events, or has been granted more than to insert. */
      readonly mayRewrite: boolean;
    } & MigrationState);

const PATIENCE_MS = 5_000;

export async function inspectDatabase(url: string): Promise<Inspected> {
  const client = new Client({ ...connectionTo(url), query_timeout: PATIENCE_MS });
  client.on('error', () => {});
  const orm = await initOrm({ url, poolMax: 1, statementTimeoutMs: PATIENCE_MS, warn: () => {} });
  try {
    await client.connect();
    return { kind: 'reached', ...(await roleOf(client)), ...(await migrationState(client, orm)) };
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  } finally {
    await client.end().catch(() => undefined);
    await orm.close();
  }
}

async function roleOf(client: Client) {
  const { rows } = await client.query<{ version: number; user: string; rewrites: boolean | null }>(
    `select current_setting('server_version_num')::int as version, current_user as user,
       has_table_privilege(to_regclass('order_events')::oid, 'update, delete, truncate') as rewrites`,
  );
  const [row] = rows;
  return { version: row?.version ?? 0, user: row?.user ?? '', mayRewrite: row?.rewrites ?? false };
}

/** pg's words for it never hold the password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `${error.message || 'no connection'}${code}`;
}
