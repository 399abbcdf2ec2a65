// What the driver is told, and what it tells.
import type { Done } from '../books/done.ts';
import type { ContenderName } from '../contenders.ts';
import type { Keys } from '../keys.ts';
import type { Latencies } from './latencies.ts';
import type { WorkloadName } from './workloads.ts';

export interface RunBase {
  readonly contender: ContenderName;
  readonly port: number;
  readonly pid: number;
  readonly keys: Keys;
  readonly connections: number;
  /** Forgets the orders made before. */
  readonly fresh?: boolean;
}

/** Each connection asks, waits, checks the answer, and asks again: how much fits. */
export interface ClosedRun extends RunBase {
  readonly kind: 'closed';
  readonly workload: WorkloadName;
  readonly seconds: number;
}

/** Requests at their times, whatever becomes of those before: how late an answer is. */
export interface OpenRun extends RunBase {
  readonly kind: 'open';
  readonly workload: WorkloadName;
  readonly phases: readonly Phase[];
}

export interface Phase {
  readonly perSecond: number;
  readonly seconds: number;
}

/** So many orders that nothing has happened to, for the run that follows. */
export interface StockRun extends RunBase {
  readonly kind: 'stock';
  readonly orders: number;
}

export type Run = ClosedRun | OpenRun | StockRun;

export interface RunFigures extends Latencies {
  /** Requests whose answer was right. */
  readonly operations: number;
  readonly perSecond: number;
  /** Of the server's process, an operation. */
  readonly cpuUs: number | null;
  readonly done: Done;
  readonly faults: readonly string[];
  /** Of an open run, one for each phase. */
  readonly phases: readonly PhaseFigures[];
}

export interface PhaseFigures extends Latencies {
  readonly target: number;
  /** Right answers a second, until the last of them. */
  readonly achieved: number;
  /** Most requests that waited for their answer at a time. */
  readonly waiting: number;
  /** From the phase's end until no more waited than at the most in the phase before it; null in the first. */
  readonly backlogGoneMs: number | null;
}
