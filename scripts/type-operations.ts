import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLock } from './build-lock.ts';
import { type Place, runTool } from './run-tool.ts';
import { generatedFolders, nameOfOperations } from './source-name.ts';

const codegen = '@graphql-codegen/cli/esm/bin.js';
const mark = '.operations';

/**
 * Gives every GraphQL operation of the pages and the tests its types, unless they are there already. At the same time
 * in several processes it is done once. Throws BuildError.
 */
export async function typeOperations(place: Place): Promise<void> {
  const folders = generatedFolders.map((folder) => join(place.root, folder));
  for (;;) {
    if (areTyped(place.root, folders)) return;
    mkdirSync(join(place.root, 'dist'), { recursive: true });
    const unlock = tryLock(join(place.root, 'dist', '.typing'));
    try {
      if (unlock && !areTyped(place.root, folders)) await typeAll(place, folders);
    } finally {
      unlock?.();
    }
    if (unlock) return;
    await delay(100, undefined, { signal: place.signal });
  }
}

async function typeAll(place: Place, folders: readonly string[]): Promise<void> {
  // Of before: what changes in the meantime is typed the next time.
  const name = nameOfOperations(place.root);
  await runTool(place, codegen, ['--config', 'codegen.yml']);
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, mark), name);
  }
}

function areTyped(root: string, folders: readonly string[]): boolean {
  const name = nameOfOperations(root);
  return folders.every((folder) => markOf(folder) === name);
}

function markOf(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, mark), 'utf8');
  } catch {
    return undefined;
  }
}
