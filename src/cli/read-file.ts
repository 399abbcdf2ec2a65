import { open } from 'node:fs/promises';
import { UsageError } from './command.ts';

/** A file's bytes. @throws UsageError when it can't be read, or is larger than `maxBytes` */
export async function readFileOrFail(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size <= maxBytes) return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new UsageError(`${path} can't be read${code}.`);
  }
  throw new UsageError(`${path} is larger than ${maxBytes} bytes.`);
}
