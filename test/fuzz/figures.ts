// What a long run says of itself: how many, how fast, how much memory at the start and at the end.
import { readFileSync } from 'node:fs';

/** Resident memory of a process in MiB. */
export function rssOf(pid: number): number {
  const pages = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(pages) / 1_024);
}

export interface Run {
  readonly count: number;
  readonly seed: number;
  /** Asked for at length, rather than beside all other tests. */
  readonly long: boolean;
}

/** `FUZZ_<WHAT>` says how many, `FUZZ_SEED` which; both are printed, so that a run can be had again. */
export function readRun(what: string, usual: number): Run {
  const asked = process.env[`FUZZ_${what}`];
  const seed = process.env.FUZZ_SEED === undefined ? Date.now() % 1_000_000_000 : Number(process.env.FUZZ_SEED);
  return { count: Number(asked ?? usual), seed, long: asked !== undefined };
}

export function tell({ long }: Run, text: string): void {
  if (long) process.stdout.write(`${text}\n`);
}

export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  toString(): string {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    return sorted.map(([what, count]) => `${what} ${count}`).join(', ');
  }
}
