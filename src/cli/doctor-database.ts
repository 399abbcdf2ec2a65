import type { Config } from '../config.ts';
import { type Finding, ok, warning, wrong } from '../finding.ts';
import type { Inspected } from '../postgres/inspect.ts';

export interface DatabaseSeen {
  readonly findings: readonly Finding[];
  /** It answers, and its tables are those that this version knows. */
  readonly readable: boolean;
}

export async function checkDatabases(
  inspect: (url: string) => Promise<Inspected>,
  { databaseUrl, databaseDirectUrl, dataDir, production }: Config,
): Promise<DatabaseSeen> {
  if (databaseUrl === undefined) {
    const says = `embedded PostgreSQL in ${dataDir}`;
    const fix = 'name a PostgreSQL that is backed up';
    const finding = production ? warning('DATABASE_URL', says, fix) : ok('DATABASE_URL', says);
    return { findings: [finding], readable: false };
  }
  const direct = databaseDirectUrl === undefined || databaseDirectUrl === databaseUrl ? [] : [databaseDirectUrl];
  const urls = [['DATABASE_URL', databaseUrl], ...direct.map((url) => ['DATABASE_DIRECT_URL', url])] as const;
  const found = await Promise.all(urls.map(async ([name = '', url = '']) => ({ name, state: await inspect(url) })));
  return {
    findings: found.flatMap(({ name, state }) => checkDatabase(name, state)),
    readable: found.every(({ state }) => isReadable(state)),
  };
}

function isReadable(state: Inspected): boolean {
  return state.kind === 'reached' && state.pending.length === 0 && state.unknown.length === 0;
}

const LEAST_VERSION = 150_000;

function checkDatabase(name: string, state: Inspected): Finding[] {
  if (state.kind === 'unreachable')
    return [wrong(name, `does not answer: ${state.reason}`, 'see host, port, user, password and TLS')];
  const { version, user, pending, unknown, mayRewrite } = state;
  const said = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000} as ${user}`;
  return [
    version < LEAST_VERSION ? wrong(name, `${said}; 15 or later is needed`, 'upgrade PostgreSQL') : ok(name, said),
    ...(unknown.length > 0
      ? [wrong(name, `was migrated by a newer Kassa (${unknown.join(', ')})`, 'run that version, or a later one')]
      : []),
    pending.length > 0
      ? warning(
          name,
          `migrations to run: ${pending.join(', ')}`,
          'the gateway runs them at its start, or: npx kassa migrate',
        )
      : ok(name, 'all migrations are in'),
    ...(mayRewrite && name === 'DATABASE_URL'
      ? [warning(name, `${user} could rewrite history`, 'give each job its own role: npx kassa roles --help')]
      : []),
  ];
}
