// A server's memory without what only waits to be freed: it collects its garbage when it is told to (SIGUSR2).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rssMb } from '../process-figures.ts';
import type { Extra } from '../stage.ts';

export interface Collecting extends Extra {
  /** In MiB; undefined where there is no /proc. */
  settledRssMb(pid: number): Promise<number | undefined>;
}

const COLLECTED_WITHIN_MS = 60_000;
/** V8 gives pages back in the background. */
const GIVEN_BACK_MS = 1_000;

export function collecting(folder: string): Collecting {
  const file = join(folder, 'collected');
  return {
    nodeArgs: ['--expose-gc', '--import', join(import.meta.dirname, '../sockets/collect.ts')],
    settings: { COLLECTED: file },
    async settledRssMb(pid) {
      await collect(pid, file);
      await delay(GIVEN_BACK_MS);
      return rssMb(pid);
    },
  };
}

async function collect(pid: number, file: string): Promise<void> {
  const times = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const before = times();
  process.kill(pid, 'SIGUSR2');
  const giveUpAt = Date.now() + COLLECTED_WITHIN_MS;
  while (times() === before) {
    if (Date.now() > giveUpAt) throw new Error('the server did not collect its garbage');
    await delay(20);
  }
}
