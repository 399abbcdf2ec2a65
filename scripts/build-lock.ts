import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode, isAlive } from './alive.ts';

const longestBuildMs = 10 * 60_000;
const noteLateMs = 5_000;

/**
 * Takes the lock folder `lock` for this process, or answers null while another build has it. Two builds at once would
 * both write the same files, and the second would only repeat the first. A lock whose process is dead is taken over.
 */
export function tryLock(lock: string): (() => void) | null {
  if (isStale(lock)) putAside(lock);
  try {
    mkdirSync(lock);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return null;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return () => rmSync(lock, { recursive: true, force: true });
}

function isStale(lock: string): boolean {
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    const holder = readHolder(lock);
    return ageMs > longestBuildMs || (holder === null ? ageMs > noteLateMs : !isAlive(holder));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function readHolder(lock: string): number | null {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8')) || null;
  } catch {
    return null;
  }
}

// Renamed first: of several that found it stale, one alone succeeds.
function putAside(lock: string): void {
  const aside = `${lock}-stale-${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}
