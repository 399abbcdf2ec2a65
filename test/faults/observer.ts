// Whoever is told what happens to orders, by whatever road. A new road is a file in observers/ and a line in episode.ts.
import type { Truth } from './truth.ts';

export interface Observer {
  readonly name: string;
  /** An order has been made. */
  watch(orderId: string): void;
  /** Once all is quiet: what it has missed, heard twice or out of order, in words; nothing when all is well. */
  faults(truth: Truth): Promise<readonly string[]>;
  close(): void;
}

export interface SeenEvent {
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly status: string;
}

/** A hint that got lost with its connection is made up for this soon; the floor of 15 s would be too late. */
export const TOLD_WITHIN_MS = 6_000;

/** How a sequence that somebody saw differs from what happened. */
export function differences(who: string, seen: readonly SeenEvent[], happened: readonly SeenEvent[]): string[] {
  const said = ({ version, type, status, id }: SeenEvent) => `${version} ${type} ${status} ${id}`;
  const [saw, was] = [seen.map(said), happened.map(said)];
  return saw.join('\n') === was.join('\n') ? [] : [`${who} saw [${saw.join(', ')}] of [${was.join(', ')}]`];
}
