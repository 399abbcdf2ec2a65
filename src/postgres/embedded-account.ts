import { chmod, chown, lchown, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-error.ts';

/** An unprivileged account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom PostgreSQL runs as: null is ourselves. PostgreSQL refuses to run as root, so root hands it to whoever owns the
 * cluster already, else to `nobody`. Throws EmbeddedPostgresError when there is no such account.
 */
export async function accountFor(clusterDir: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(clusterDir).catch(() => null);
  if (owner && owner.uid !== 0) return { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? [];
  if (!Number(uid)) {
    throw new EmbeddedPostgresError(
      'PostgreSQL refuses to run as root, and /etc/passwd has no account "nobody" to run it as. ' +
        'Start Kassa as a normal user, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  return { name: 'nobody', uid: Number(uid), gid: Number(gid) };
}

/** Creates DATA_DIR if need be and returns its real path. Throws EmbeddedPostgresError when `account` can't reach it. */
export async function openDataDir(dataDir: string, account: Account | null): Promise<string> {
  const wanted = resolve(dataDir);
  // Others may pass through, not look: the account must reach its cluster, everything else in here is 0600.
  const mode = account ? 0o711 : 0o700;
  const firstMade = await makeFolders(wanted, mode);
  if (firstMade) {
    // The umask took bits away from every folder just made.
    for (let made = wanted; made.length >= firstMade.length; made = dirname(made)) await chmod(made, mode);
  }
  const folder = await realpath(wanted);
  if (account === null) return folder;
  if ((await blockerOf(folder, account)) === folder && (await isOurs(folder))) await chmod(folder, 0o711);
  const blocker = await blockerOf(folder, account);
  if (blocker === null) return folder;
  throw new EmbeddedPostgresError(
    `DATA_DIR ${folder} cannot be used: PostgreSQL refuses to run as root, so it runs as ${account.name}, ` +
      `who may not pass through ${blocker}. Set DATA_DIR to a folder elsewhere (/var/lib/kassa), ` +
      `start Kassa as a normal user, or allow it with: chmod o+x ${blocker}`,
  );
}

/**
 * The outermost folder it had to make. Node's own recursive mkdir tries for ever where the system lets nobody make one
 * (/proc/x).
 */
async function makeFolders(folder: string, mode: number): Promise<string | undefined> {
  if (await isFolder(folder)) return undefined;
  const firstMade = await makeFolders(dirname(folder), mode);
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    // Another start may have been faster.
    if (!(await isFolder(folder))) throw error;
  }
  return firstMade ?? folder;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

// A closed folder is opened for passing through only when nothing but Kassa lives in it; a home directory stays closed.
async function isOurs(folder: string): Promise<boolean> {
  return (await readdir(folder)).every((name) => /^\.?(postgres|sandbox)/.test(name));
}

/** The outermost folder on the way to `path`, or `path` itself, that `account` may not pass through (execute). */
export async function blockerOf(path: string, account: Account): Promise<string | null> {
  const real = await realpath(path);
  const above = dirname(real) === real ? null : await blockerOf(dirname(real), account);
  if (above !== null) return above;
  const { uid, gid, mode } = await stat(real);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return mode & bit ? null : real;
}

/** Gives a folder and all in it to `account`; symbolic links themselves, never what they point to. */
export async function chownTree(folder: string, account: Account): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
  await chown(folder, account.uid, account.gid);
}
