import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Another sandbox writes into this folder; two writers would tear its ledger. */
export class FolderTaken extends Error {}

/** Takes the folder's lock file for this process and returns what gives it back. Throws FolderTaken. */
export function lockFolder(path: string): () => void {
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  const holder = read(path);
  if (holder !== null && isAlive(holder)) throw new FolderTaken(holder.split(' ')[0] ?? '');
  if (holder !== null) rmSync(path, { force: true });
  try {
    writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
  } catch {
    throw new FolderTaken(read(path)?.split(' ')[0] ?? 'another');
  }
  return () => {
    if (read(path) === mine) rmSync(path, { force: true });
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

// A process number alone may have been given to somebody else since: its start time tells them apart.
function isAlive(holder: string): boolean {
  const pid = Number(holder.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return holder === `${pid} ${startOf(pid)}\n`;
}

function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown';
}
