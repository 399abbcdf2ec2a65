import { existsSync } from 'node:fs';
import { chown, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, accountFor, chownTree, openDataDir } from './embedded-account.ts';
import { findBinaries, reachableBinaries } from './embedded-binaries.ts';
import { run } from './embedded-command.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import { passwordOf } from './embedded-password.ts';

/** A PostgreSQL cluster on disk and what it takes to run it. */
export interface Cluster {
  /** DATA_DIR, as its real path. */
  readonly dataDir: string;
  /** PostgreSQL's own folder in it. */
  readonly clusterDir: string;
  readonly logFile: string;
  readonly binDir: string;
  readonly account: Account | null;
  readonly password: string;
}

/**
 * Finds the cluster in `dataDir` or creates it; nothing runs yet. A start killed half way leaves nothing that a later
 * one trips over. Throws EmbeddedPostgresError.
 */
export async function openCluster(wantedDataDir: string, log: (message: string) => void): Promise<Cluster> {
  const account = await accountFor(join(wantedDataDir, 'postgres'));
  const dataDir = await openDataDir(wantedDataDir, account);
  const native = await reachableBinaries(findBinaries(), dataDir, account);
  refuseUnquotable(dataDir, native);
  const clusterDir = join(dataDir, 'postgres');
  const password = await passwordOf(dataDir, isCluster(clusterDir));
  const logFile = join(dataDir, 'postgres.log');
  const cluster = { dataDir, clusterDir, logFile, binDir: join(native, 'bin'), account, password };
  if (isCluster(clusterDir)) await claim(cluster);
  else await create(cluster, log);
  return cluster;
}

function isCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

// pg_ctl hands these paths to a shell inside double quotes and does not escape them.
function refuseUnquotable(...paths: readonly string[]): void {
  const bad = paths.find((path) => (process.platform === 'win32' ? /["%\n]/ : /["$`\\\n]/).test(path));
  if (bad !== undefined) {
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot run from ${JSON.stringify(bad)}: a path must not contain " $ \` \\ or a line break. ` +
        'Set DATA_DIR to another folder, or move the checkout.',
    );
  }
}

// A cluster that root owns (copied or restored as root) is of no use to the account PostgreSQL runs as.
async function claim({ clusterDir, account }: Cluster): Promise<void> {
  if (account && (await stat(clusterDir)).uid !== account.uid) await chownTree(clusterDir, account);
}

async function create(cluster: Cluster, log: (message: string) => void): Promise<void> {
  log(`Creating the database in ${cluster.clusterDir}`);
  const unfinished = await mkdtemp(join(cluster.dataDir, '.postgres-init-'));
  try {
    await initialise(cluster, unfinished);
    await rename(join(unfinished, 'cluster'), cluster.clusterDir);
    await flushFolder(cluster.dataDir);
  } catch (error) {
    // Another start on the same folder was faster: its cluster is as good, the password is the same.
    if (isCluster(cluster.clusterDir)) return;
    throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function initialise({ binDir, account, password, dataDir }: Cluster, folder: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(passwordFile, account.uid, account.gid);
    await chown(folder, account.uid, account.gid);
  }
  const identity = ['-U', 'kassa', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  // Sorts by code point and knows every letter's case, the same on every machine, whatever locales it has.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = ['-D', join(folder, 'cluster'), ...identity, ...locale, '--no-instructions'];
  const { code, output } = await run({ file: join(binDir, 'initdb'), args, cwd: dataDir, account, timeoutMs: 120_000 });
  if (code !== 0) {
    throw new EmbeddedPostgresError(`The database in DATA_DIR ${dataDir} could not be created:\n${output}`);
  }
}

// Without it a power cut could take back the rename, and with it a cluster that already holds committed payments.
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
