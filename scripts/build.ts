import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from './alive.ts';
import { BuildError } from './build-error.ts';
import { tryLock } from './build-lock.ts';
import { runSteps } from './build-steps.ts';
import { removeOldBuilds } from './old-builds.ts';
import { nameOfSources } from './source-name.ts';
import { typeOperations } from './type-operations.ts';

export { BuildError } from './build-error.ts';

export interface BuildOptions {
  /** The project's folder. */
  readonly root?: string;
  /** Ends a build half way; nothing of it stays. */
  readonly signal?: AbortSignal;
  /** Called when something must really be built. */
  readonly onBuild?: () => void;
}

type Site = Required<BuildOptions> & { readonly dist: string };

const triesWhileSourcesChange = 3;

/**
 * The folder with the program built from the sources as they are now, built if there is none yet. Several builds of one
 * checkout at once are safe: each is made aside and moved into place whole. Throws BuildError.
 */
export async function build(options: BuildOptions = {}): Promise<string> {
  const root = options.root ?? join(import.meta.dirname, '..');
  const { signal = new AbortController().signal, onBuild = () => undefined } = options;
  const site = { root, signal, onBuild, dist: join(root, 'dist') };
  mkdirSync(site.dist, { recursive: true });
  for (let tries = 0; tries < triesWhileSourcesChange; tries++) {
    const name = nameOfSources(root);
    const folder = join(site.dist, name);
    if (!existsSync(folder)) await buildAlone(name, site);
    if (existsSync(folder)) return use(name, site);
  }
  throw new BuildError('The sources keep changing while they are being built.');
}

// One build of a checkout at a time; who waited finds it done.
async function buildAlone(name: string, site: Site): Promise<void> {
  for (;;) {
    const unlock = tryLock(join(site.dist, '.building'));
    try {
      if (existsSync(join(site.dist, name))) return;
      if (unlock) return await buildInto(name, site);
    } finally {
      unlock?.();
    }
    await delay(100, undefined, { signal: site.signal });
  }
}

async function buildInto(name: string, site: Site): Promise<void> {
  site.onBuild();
  const folder = mkdtempSync(join(site.dist, `.tmp-${process.pid}-`));
  // mkdtemp closes it to everybody else, who may be the one that runs the program.
  chmodSync(folder, 0o755);
  try {
    await runSteps({ root: site.root, folder, signal: site.signal });
    // A file saved in the meantime may be in it: then it isn't what its name says.
    if (nameOfSources(site.root) === name) renameSync(folder, join(site.dist, name));
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  removeOldBuilds(site.dist, name);
}

// The time of last use keeps a build from being removed.
function use(name: string, { dist }: Site): string {
  const folder = join(dist, name);
  utimesSync(folder, new Date(), new Date());
  pointCurrentAt(name, dist);
  return folder;
}

function pointCurrentAt(name: string, dist: string): void {
  const current = join(dist, 'current');
  try {
    if (readlinkSync(current) === name) return;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const beside = join(dist, `.current-${process.pid}-${Math.random().toString(36).slice(2)}`);
  symlinkSync(name, beside, 'dir');
  renameSync(beside, current);
}

if (import.meta.main) {
  try {
    const folder = await build({ onBuild: () => process.stderr.write('Building Kassa …\n') });
    await typeOperations({ root: join(import.meta.dirname, '..'), signal: new AbortController().signal });
    process.stdout.write(`${folder}\n`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
