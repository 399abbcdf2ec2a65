import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-error.ts';

/** The cluster's password, made at the first start. Throws EmbeddedPostgresError when a cluster has lost its own. */
export async function passwordOf(dataDir: string, clusterExists: boolean): Promise<string> {
  const file = join(dataDir, 'postgres-password');
  const known = await read(file);
  if (known !== null) return known;
  if (clusterExists) {
    throw new EmbeddedPostgresError(
      `DATA_DIR ${dataDir} holds a database (postgres) but not its password (postgres-password). ` +
        'Bring that file back, or move the postgres folder away to start with an empty database.',
    );
  }
  return create(file);
}

async function read(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const password = text?.trim() ?? null;
  if (password === null || /^[A-Za-z0-9_-]{32}$/.test(password)) return password;
  throw new EmbeddedPostgresError(`${file} does not hold a password of this database (32 characters A-Z a-z 0-9 _ -).`);
}

// Written beside and linked into place, so that the file is whole or absent, and of several starts one alone decides.
async function create(file: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const beside = `${file}-${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(beside, `${password}\n`, { mode: 0o600, flush: true });
    await link(beside, file);
    return password;
  } catch (error) {
    const others = await read(file);
    if (others === null) throw error;
    return others;
  } finally {
    await rm(beside, { force: true });
  }
}
