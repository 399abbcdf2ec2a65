import { readFileSync } from 'node:fs';

const MAX_BYTES = 64 * 1024;

/** The value that a file holds, without the line break at its end; or what is wrong with the file. */
export function readValueFile(path: string): { readonly value: string } | { readonly fault: string } {
  try {
    const content = readFileSync(path);
    if (content.byteLength > MAX_BYTES) return { fault: `has more than ${MAX_BYTES} bytes` };
    const value = content.toString('utf8').trim();
    return value === '' ? { fault: 'is empty' } : { value };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return { fault: `can't be read${code}` };
  }
}
