// What every session of ours has set: by itself when it connects, or by default for its role behind a pooler, where
// a session belongs to nobody.
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { connectionTo } from './connection.ts';

const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

/** Any number of our own: processes that start at the same time take turns here. */
const DEFAULTS_LOCK = 5_226_577_234_003;

type Settings = Readonly<Record<string, string>>;

/** Every statement is worth an index: a plan that is made while a table is small is kept when it has grown. */
function settings(statementTimeoutMs: number): Settings {
  return {
    timezone: 'UTC',
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_TIMEOUT_MS),
    enable_seqscan: 'off',
    jit: 'off',
  };
}

/** To be sent once on a connection of our own, and not as start-up parameters, which poolers refuse. */
export function sessionSql(statementTimeoutMs: number): string {
  return setAll('set', settings(statementTimeoutMs));
}

/** The role may not be given what its sessions need; the message says what to do. */
export class SessionDefaultsError extends Error {}

export interface PooledSessions {
  readonly pooledUrl: string;
  readonly directUrl: string;
  readonly statementTimeoutMs: number;
}

/**
 * Gives the pooler's role its settings by default in this database, when they differ; its next connections have them.
 * @throws SessionDefaultsError when the direct connection may not.
 */
export async function keepSessionDefaults({ pooledUrl, directUrl, statementTimeoutMs }: PooledSessions): Promise<void> {
  const client = new Client(connectionTo(directUrl));
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [DEFAULTS_LOCK]);
    const { role, database } = await whose(client, pooledUrl);
    const missing = await missingOf(client, role, settings(statementTimeoutMs));
    const alter = `alter role ${escapeIdentifier(role)} in database ${escapeIdentifier(database)} set`;
    if (Object.keys(missing).length > 0) await run(client, setAll(alter, missing));
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function whose(client: Client, pooledUrl: string): Promise<{ role: string; database: string }> {
  const { rows } = await client.query<{ role: string; database: string }>(
    'select current_user as role, current_database() as database',
  );
  const [direct] = rows;
  if (direct === undefined) throw new Error('PostgreSQL does not say who we are');
  return { role: decodeURIComponent(new URL(pooledUrl).username) || direct.role, database: direct.database };
}

async function missingOf(client: Client, role: string, wanted: Settings): Promise<Settings> {
  const { rows } = await client.query<{ setting: string }>(
    `select unnest(s.setconfig) as setting from pg_db_role_setting s
     join pg_roles r on r.oid = s.setrole join pg_database d on d.oid = s.setdatabase
     where r.rolname = $1 and d.datname = current_database()`,
    [role],
  );
  const kept = new Set(rows.map(({ setting }) => setting.toLowerCase()));
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !kept.has(`${name}=${value}`.toLowerCase())),
  );
}

async function run(client: Client, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no reason given';
    throw new SessionDefaultsError(
      `the sessions behind the pooler need defaults (${reason}). Let an admin run: ${sql}`,
    );
  }
}

function setAll(how: string, all: Settings): string {
  return Object.entries(all)
    .map(([name, value]) => `${how} ${name} = ${escapeLiteral(value)}`)
    .join('; ');
}
