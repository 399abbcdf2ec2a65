// PostgreSQL's Unix socket: over it a statement costs both sides less than over TCP.
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './embedded-cluster.ts';

type Place = Pick<Cluster, 'dataDir'>;

/** What every system we know takes, of the 104 to 108 bytes that the address of a socket has. */
const MOST_BYTES = 100;

/** Its folder; undefined where there can be none: PostgreSQL listens on TCP alone then. */
export function socketFolder({ dataDir }: Place): string | undefined {
  const folder = join(dataDir, 'postgres-socket');
  // PostgreSQL's setting is a list.
  const isUsable = process.platform !== 'win32' && !folder.includes(',');
  return isUsable && Buffer.byteLength(join(folder, nameOf(65_535))) <= MOST_BYTES ? folder : undefined;
}

/** The folder is its server's alone: whoever could open the socket could try passwords. */
export async function makeSocketFolder(cluster: Pick<Cluster, 'dataDir' | 'account'>): Promise<string | undefined> {
  const folder = socketFolder(cluster);
  if (folder === undefined) return undefined;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (cluster.account) await chown(folder, cluster.account.uid, cluster.account.gid);
  return folder;
}

/** The folder with the socket of the server on this port; undefined when that server has none. */
export function socketOf(place: Place, port: number): string | undefined {
  const folder = socketFolder(place);
  return folder !== undefined && existsSync(join(folder, nameOf(port))) ? folder : undefined;
}

/** A server that was killed leaves its socket behind. */
export async function removeOtherSockets(place: Place, port: number): Promise<void> {
  const folder = socketFolder(place);
  if (folder === undefined || !existsSync(folder)) return;
  const others = (await readdir(folder)).filter((name) => name !== nameOf(port) && name !== `${nameOf(port)}.lock`);
  await Promise.all(others.map((name) => rm(join(folder, name), { force: true })));
}

function nameOf(port: number): string {
  return `.s.PGSQL.${port}`;
}
