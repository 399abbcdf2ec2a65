// Rounds become medians: a table for people, JSON for whoever compares runs.
import type { SideName } from './dialects.ts';
import type { RunFigures } from './driver.ts';
import { type WorkloadName, workloadNames } from './workloads.ts';

export type Round = Readonly<Record<WorkloadName, Readonly<Record<SideName, RunFigures>>>>;

export interface SideSummary {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number | null;
}

export interface WorkloadSummary {
  readonly name: WorkloadName;
  /** The gateway's rate through the limit's of the same round, in the middle of all rounds. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  readonly gateway: SideSummary;
  readonly limit: SideSummary;
}

export interface Report {
  readonly ok: boolean;
  /** Everything that was wrong; none when ok. */
  readonly failures: readonly string[];
  readonly workloads: readonly WorkloadSummary[];
  readonly peakRssMb: Readonly<Record<SideName, number | null>>;
  readonly about: object;
  readonly rounds: readonly Round[];
}

export function summarize(rounds: readonly Round[]): WorkloadSummary[] {
  return workloadNames.map((name) => {
    const ratios = rounds.map((round) => round[name].gateway.perSecond / round[name].limit.perSecond);
    return {
      name,
      ratio: median(ratios),
      ratios,
      gateway: middle(rounds, name, 'gateway'),
      limit: middle(rounds, name, 'limit'),
    };
  });
}

function middle(rounds: readonly Round[], name: WorkloadName, side: SideName): SideSummary {
  const runs = rounds.map((round) => round[name][side]);
  const cpu = runs.map((run) => run.cpuUs).filter((value) => value !== null);
  return {
    perSecond: median(runs.map((run) => run.perSecond)),
    p50Ms: median(runs.map((run) => run.p50Ms)),
    p99Ms: median(runs.map((run) => run.p99Ms)),
    cpuUs: cpu.length === 0 ? null : median(cpu),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}

const HEAD = [
  '',
  'gateway/s',
  'limit/s',
  'ratio',
  'p50 ms',
  'p99 ms',
  'limit p50',
  'limit p99',
  'CPU µs',
  'limit CPU µs',
];

/** A table and the verdict, for a terminal. */
export function render({ ok, failures, workloads, peakRssMb }: Report): string {
  const rows = [HEAD, ...workloads.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  '));
  const memory = `peak RSS: gateway ${whole(peakRssMb.gateway)} MB, limit ${whole(peakRssMb.limit)} MB`;
  const verdict = ok
    ? ['every answer and the books are right']
    : ['FAILED: these figures are worth nothing', ...failures];
  return `${[...lines, memory, ...verdict].join('\n')}\n`;
}

function row({ name, ratio, gateway, limit }: WorkloadSummary): string[] {
  return [
    ...[name, whole(gateway.perSecond), whole(limit.perSecond), ratio.toFixed(2)],
    ...[gateway.p50Ms, gateway.p99Ms, limit.p50Ms, limit.p99Ms].map((ms) => ms.toFixed(1)),
    ...[whole(gateway.cpuUs), whole(limit.cpuUs)],
  ];
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function whole(value: number | null): string {
  return value === null ? '–' : String(Math.round(value));
}
