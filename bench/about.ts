import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import type { Setting } from './report/report.ts';

/** What a figure means nothing without: versions, the machine, and what else it had to do. */
export function settingOf(postgres: Readonly<Record<string, string>>): Setting {
  const { version, dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' });
  return {
    at: new Date().toISOString(),
    kassa: version,
    commit: git.status === 0 ? git.stdout.trim() : null,
    node: process.versions.node,
    packages: dependencies,
    postgres,
    machine: {
      platform: `${platform()} ${arch()}`,
      cpus: cpus().length,
      cpu: cpus()[0]?.model ?? null,
      memoryMb: Math.round(totalmem() / 2 ** 20),
    },
    loadBefore: loadavg(),
  };
}
