import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './alive.ts';

const keptBuilds = 2;
const unusedMs = 60 * 60_000;

/**
 * Removes the builds beside `current` except the two used last and those used within the hour (a start touches the
 * build it uses), and what killed builds left behind. Anything else in `dist` stays.
 */
export function removeOldBuilds(dist: string, current: string): void {
  const names = readdirSync(dist);
  const others = names.filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== current);
  const lastUsedFirst = others.map((name) => ({ name, age: ageOf(join(dist, name)) })).sort((a, b) => a.age - b.age);
  const unused = lastUsedFirst.slice(keptBuilds).filter(({ age }) => age > unusedMs);
  const abandoned = names.filter((name) => isAbandoned(dist, name));
  for (const name of [...unused.map((build) => build.name), ...abandoned]) {
    rmSync(join(dist, name), { recursive: true, force: true });
  }
}

function isAbandoned(dist: string, name: string): boolean {
  const [, pid] = /^\.tmp-(\d+)-/.exec(name) ?? [];
  return pid !== undefined && (!isAlive(Number(pid)) || ageOf(join(dist, name)) > unusedMs);
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
