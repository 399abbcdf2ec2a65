// Builds when the sources have changed, then runs a program of the build in this very process, so that
// signals and exit codes are its own.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BuildError, build } from './build.ts';

/** @param program the file below the build: `main.js` */
export async function run(program: string): Promise<void> {
  const folder = await built();
  // A second start need not compile what the first one has: a quarter of the time to be ready.
  enableCompileCache(join(folder, '.compiled'));
  await import(pathToFileURL(join(folder, program)).href);
}

async function built(): Promise<string> {
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    return await build({ signal: ending.signal, onBuild: () => process.stderr.write('Building Kassa …\n') });
  } catch (error) {
    process.stderr.write(`${error instanceof BuildError ? error.message : error}\n`);
    process.exit(1);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
