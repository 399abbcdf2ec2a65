// How late answers are at a rate that a contender can keep: a part of what it reaches in a closed loop, measured just before.
import type { Contender, ContenderName } from '../contenders.ts';
import type { Latencies } from '../load/latencies.ts';
import type { PhaseFigures } from '../load/run.ts';
import type { WorkloadName } from '../load/workloads.ts';
import { type Field, type Played, playRun } from '../play.ts';

export interface OpenRow {
  readonly workload: WorkloadName;
  readonly contender: ContenderName;
  readonly target: number;
  readonly achieved: number;
  /** Null when the run is dropped: it fell behind its rate, and its figures tell nothing. */
  readonly latencies: Latencies | null;
  readonly eventLoopP99Ms: number | null;
}

export interface OpenOptions {
  readonly seconds: number;
  readonly load: number;
  readonly workloads: readonly WorkloadName[];
}

const PLAYED: readonly WorkloadName[] = ['createOrder', 'sell', 'notification', 'order'];
const LEAST_ACHIEVED = 0.99;
/** Orders to look at; and more notifications a second than anybody hears. */
const STOCK = 2_000;
const NOTICES_PER_SECOND = 4_000;

export async function playOpen(field: Field, { seconds, load, workloads }: OpenOptions): Promise<OpenRow[]> {
  const rows: OpenRow[] = [];
  for (const workload of PLAYED.filter((one) => workloads.includes(one)))
    for (const contender of field.contenders) {
      const perSecond = load * (await kneeOf(field, contender, { workload, seconds }));
      if (field.failures.length > 0) return rows;
      await stock(field, contender, stockFor(workload, perSecond * seconds));
      const played = await playRun(field, contender, { kind: 'open', workload, phases: [{ perSecond, seconds }] });
      rows.push(rowOf(played, { workload, contender: contender.name, target: perSecond }));
      process.stderr.write(`open: ${workload}, ${contender.name}\n`);
    }
  return rows;
}

/** What it reaches when it is asked as fast as it answers. */
export async function kneeOf(
  field: Field,
  contender: Contender,
  { workload, seconds }: { workload: WorkloadName; seconds: number },
): Promise<number> {
  await stock(field, contender, stockFor(workload, NOTICES_PER_SECOND * seconds));
  return (await playRun(field, contender, { kind: 'closed', workload, seconds })).perSecond;
}

/** Fresh orders for a run that takes some. */
export async function stock(field: Field, contender: Contender, orders: number): Promise<void> {
  await playRun(field, contender, { kind: 'stock', orders: Math.ceil(orders), fresh: true });
}

function stockFor(workload: WorkloadName, requests: number): number {
  return workload === 'notification' ? requests : STOCK;
}

function rowOf({ phases, eventLoopP99Ms }: Played, about: Pick<OpenRow, 'workload' | 'contender' | 'target'>): OpenRow {
  const [phase] = phases;
  const achieved = phase?.achieved ?? 0;
  const kept = phase !== undefined && achieved >= LEAST_ACHIEVED * about.target;
  return { ...about, achieved, latencies: kept ? latenciesIn(phase) : null, eventLoopP99Ms };
}

export function latenciesIn({ p50Ms, p99Ms, p999Ms, maxMs }: PhaseFigures): Latencies {
  return { p50Ms, p99Ms, p999Ms, maxMs };
}
