import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A server that lives on a cluster; `port` is null until it has written it down. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number | null;
}

/**
 * The server that lives on this cluster now, or null. A pid file whose process is gone, or is somebody else's (after a
 * reboot or in a new container the same number means another process), is no server.
 */
export function livePostmaster(clusterDir: string): Postmaster | null {
  // https://www.postgresql.org/docs/18/storage-file-layout.html: the pid is line 1, the port line 4.
  const lines = readPidFile(clusterDir)?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isPostmaster(pid, clusterDir)) return null;
  return { pid, port: Number(lines[3]) || null };
}

/**
 * Removes a pid file that names a living process which is not PostgreSQL's: PostgreSQL takes it for a running server
 * and would refuse to start. Dead numbers it clears by itself.
 */
export async function removeForeignPidFile(clusterDir: string): Promise<void> {
  const pid = Number(readPidFile(clusterDir)?.split('\n')[0]);
  if (!pid || !isAlive(pid) || livePostmaster(clusterDir)) return;
  await rm(pidFile(clusterDir), { force: true });
}

function pidFile(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}

function readPidFile(clusterDir: string): string | null {
  try {
    return readFileSync(pidFile(clusterDir), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

// pg_ctl starts it as `…/bin/postgres -D <cluster> …`, and a postmaster keeps its command line.
function isPostmaster(pid: number, clusterDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const commandLine = readCommandLine(pid);
  const program = basename(commandLine.split('\0')[0] ?? '');
  return existsSync('/proc/self/cmdline')
    ? program === 'postgres' && commandLine.includes(`\0-D\0${clusterDir}\0`)
    : commandLine.includes('bin/postgres') && commandLine.includes(` -D ${clusterDir} `);
}

function readCommandLine(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
