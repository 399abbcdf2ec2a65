import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Entry } from './entries.ts';

/** The file cannot be used as a ledger; the message is for a person. */
export class LedgerUnreadable extends Error {}

export type Ledger = {
  /** Writes one line, whole or not at all, before it returns. Throws what the disk says. */
  append(atMs: number, entries: readonly Entry[]): void;
  close(): void;
};

/**
 * Opens the ledger (or starts an empty one) and replays it. A last line cut short by a crash was never
 * answered to anybody: it is cut off. Throws LedgerUnreadable for any other damage.
 */
export function openLedger(path: string, replay: (entry: Entry) => void): Ledger {
  const file = openSync(path, 'a+', 0o600);
  const bytes = readFileSync(file);
  let length = bytes.lastIndexOf(0x0a) + 1;
  if (length < bytes.length) ftruncateSync(file, length);
  replayLines(bytes.subarray(0, length), replay, path);
  return {
    append(atMs, entries) {
      const line = Buffer.from(`${JSON.stringify({ at: new Date(atMs).toISOString(), entries })}\n`);
      writeWhole(file, line, length);
      length += line.length;
    },
    close: () => closeSync(file),
  };
}

// A line half written (disk full) would swallow the next one: take it back.
function writeWhole(file: number, line: Buffer, lengthBefore: number): void {
  try {
    for (let done = 0; done < line.length; ) done += writeSync(file, line, done);
  } catch (error) {
    ftruncateSync(file, lengthBefore);
    throw error;
  }
}

function replayLines(bytes: Buffer, replay: (entry: Entry) => void, path: string): void {
  let number = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    number += 1;
    for (const entry of readLine(bytes.toString('utf8', start, end), `${path}, line ${number}`)) replay(entry);
    start = end + 1;
  }
}

function readLine(text: string, where: string): readonly Entry[] {
  try {
    const line: { entries?: unknown } = JSON.parse(text);
    const entries: readonly Entry[] = Array.isArray(line.entries) ? line.entries : [];
    return entries;
  } catch {
    throw new LedgerUnreadable(`${where} is not JSON; move the file away to start with an empty ledger`);
  }
}
