// What a run has seen, and the figures that it makes.
import { type Done, nothingDone, plus } from '../books/done.ts';
import type { Connection } from './connection.ts';
import { latenciesOf } from './latencies.ts';
import type { Request } from './requests.ts';
import type { PhaseFigures, RunFigures } from './run.ts';

export const MAX_FAULTS = 5;

export interface Noted {
  readonly latenciesMs: number[];
  readonly faults: string[];
  done: Done;
}

export function newNotes(): Noted {
  return { latenciesMs: [], faults: [], done: nothingDone };
}

/** `right` with the latency; `wrong` answer; `broken`: the connection is of no more use. */
export type Exchanged = { readonly kind: 'right'; readonly latencyMs: number } | { readonly kind: 'wrong' | 'broken' };

/** Sends, checks the answer and notes it. */
export async function exchange(
  connection: Connection,
  request: Request,
  { noted, since = performance.now() }: { noted: Noted; since?: number },
): Promise<Exchanged> {
  try {
    const answer = await connection.send(request.bytes);
    const latencyMs = performance.now() - since;
    const fault = request.accept(answer);
    if (fault !== undefined) {
      noted.faults.push(fault);
      return { kind: 'wrong' };
    }
    noted.latenciesMs.push(latencyMs);
    for (const what of request.does) noted.done = plus(noted.done, { ...nothingDone, [what]: 1 });
    return { kind: 'right', latencyMs };
  } catch (error) {
    noted.faults.push(String(error));
    return { kind: 'broken' };
  }
}

export interface Measured {
  readonly elapsedMs: number;
  readonly cpuUs: number | undefined;
  readonly phases?: readonly PhaseFigures[];
}

export function figuresOf({ latenciesMs, faults, done }: Noted, measured: Measured): RunFigures {
  const operations = latenciesMs.length;
  const { elapsedMs, cpuUs, phases = [] } = measured;
  return {
    ...latenciesOf(latenciesMs),
    ...{ operations, done, phases, faults: faults.slice(0, MAX_FAULTS) },
    perSecond: (operations / elapsedMs) * 1_000,
    cpuUs: cpuUs === undefined || operations === 0 ? null : cpuUs / operations,
  };
}
