import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

const MAX_BYTES = 64 * 1024;
const OTHERS_WRITE = 0o002;
const OTHERS_READ = 0o004;
/** Windows makes these bits up. */
const HAS_MODES = process.platform !== 'win32';

export type ValueFile =
  /** `open`: every user of this machine may read it. */
  { readonly value: string; readonly open: boolean } | { readonly fault: string };

/** The value that a file holds, without the line break at its end; or what is wrong with the file. */
export function readValueFile(path: string): ValueFile {
  try {
    const { content, mode } = contentOf(path);
    if (mode & OTHERS_WRITE) return { fault: 'may be written by every user of this machine (chmod o-w)' };
    if (content.byteLength > MAX_BYTES) return { fault: `has more than ${MAX_BYTES} bytes` };
    const value = content.toString('utf8').trim();
    return value === '' ? { fault: 'is empty' } : { value, open: (mode & OTHERS_READ) !== 0 };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return { fault: `can't be read${code}` };
  }
}

/** Both of one file, which somebody may be putting another one in the place of. */
function contentOf(path: string): { content: Buffer; mode: number } {
  const file = openSync(path, 'r');
  try {
    return { content: readFileSync(file), mode: HAS_MODES ? fstatSync(file).mode : 0 };
  } finally {
    closeSync(file);
  }
}
