// A copy of the built program with one guard taken out. The product itself has no switch for that.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Patch {
  /** The source, below `src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Answers the copy's folder, beside the build so that it finds the same packages, and what removes it. */
export function mutantProgram(program: string, patches: readonly Patch[]): { folder: string; remove(): void } {
  // Named like an unfinished build: one that a killed run leaves behind is cleared away by the next build.
  const folder = mkdtempSync(join(program, '..', `.tmp-${process.pid}-`));
  // Others may be filling the cache of what they have compiled.
  cpSync(program, folder, { recursive: true, filter: (path) => !path.includes('.compiled') });
  for (const patch of patches) apply(folder, patch);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The text must be there once in what the bundle holds of the source, or the mutant would be none. */
function apply(folder: string, { file, from, to }: Patch): void {
  const begin = `// src/${file}\n`;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.js'))) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const start = text.indexOf(begin);
    if (start === -1) continue;
    const next = text.slice(start + 1).search(/\n\/\/ (src|.*node_modules)\//);
    const end = next === -1 ? text.length : start + 1 + next;
    const part = text.slice(start, end);
    const times = part.split(from).length - 1;
    if (times !== 1) throw new Error(`${file} holds ${JSON.stringify(from)} ${times} times, not once:\n${part}`);
    writeFileSync(path, text.slice(0, start) + part.replace(from, () => to) + text.slice(end));
    return;
  }
  throw new Error(`the bundle holds nothing of ${file}`);
}
