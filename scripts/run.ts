// Builds when the sources have changed, then runs a program of the build in this very process, so that
// signals and exit codes are its own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BuildError, build } from './build.ts';

/** @param program the file below the build: `main.js` */
export async function run(program: string): Promise<void> {
  const started = Date.now();
  const note = setTimeout(() => process.stderr.write('Building Kassa; this is done once …\n'), 300);
  const folder = await build().catch((error) => {
    process.stderr.write(`${error instanceof BuildError ? error.message : error?.stack}\n`);
    process.exit(1);
  });
  clearTimeout(note);
  const file = join(folder, program);
  if (!existsSync(file)) throw new Error(`${file} is missing from the build (${Date.now() - started} ms)`);
  await import(pathToFileURL(file).href);
}
