// Rounds become medians and ratios.
import { bars, grownBar } from '../bars.ts';
import type { ContenderName } from '../contenders.ts';
import { type WorkloadName, workloadNames } from '../load/workloads.ts';
import { playedBy, type Round, ratesOver } from '../parts/match.ts';
import type { Played } from '../play.ts';
import { type Estimate, estimate, median, type Verdict, verdictOn } from './statistics.ts';

export interface Middle {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number | null;
  readonly postgresCpuUs: number | null;
  readonly eventLoopP99Ms: number | null;
}

export interface Ratio extends Estimate {
  readonly one: ContenderName;
  readonly other: ContenderName;
  readonly bar: number | null;
  readonly verdict: Verdict | null;
  /** Of each round. */
  readonly all: readonly number[];
}

export interface WorkloadSummary {
  readonly workload: WorkloadName;
  readonly contenders: Readonly<Partial<Record<ContenderName, Middle>>>;
  readonly ratios: readonly Ratio[];
}

export function summarize(rounds: readonly Round[], names: readonly ContenderName[]): WorkloadSummary[] {
  const workloads = workloadNames.filter((name) => rounds[0]?.[name] !== undefined);
  return workloads.map((workload) => ({
    workload,
    contenders: Object.fromEntries(names.map((name) => [name, middleOf(playedBy(rounds, workload, name))])),
    ratios: pairsOf(names).map((pair) => ratioOf(rounds, workload, pair)),
  }));
}

type Pair = readonly [ContenderName, ContenderName];

function pairsOf(names: readonly ContenderName[]): Pair[] {
  const pairs: Pair[] = [
    ['gateway', 'limit'],
    ['gateway', 'tutorial'],
    ['grown', 'gateway'],
  ];
  return pairs.filter((pair) => pair.every((name) => names.includes(name)));
}

function ratioOf(rounds: readonly Round[], workload: WorkloadName, [one, other]: Pair): Ratio {
  const all = ratesOver(rounds, workload, [one, other]);
  const estimated = estimate(all);
  const bar = one === 'grown' ? grownBar : (bars[workload]?.[other] ?? null);
  return { ...estimated, one, other, bar, verdict: bar === null ? null : verdictOn(estimated, bar), all };
}

function middleOf(runs: readonly Played[]): Middle {
  const of = (pick: (run: Played) => number) => median(runs.map(pick));
  const known = (pick: (run: Played) => number | null) => {
    const values = runs.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  return {
    perSecond: of((run) => run.perSecond),
    p50Ms: of((run) => run.p50Ms),
    p99Ms: of((run) => run.p99Ms),
    cpuUs: known((run) => run.cpuUs),
    postgresCpuUs: known((run) => run.postgresCpuUs),
    eventLoopP99Ms: known((run) => run.eventLoopP99Ms),
  };
}
