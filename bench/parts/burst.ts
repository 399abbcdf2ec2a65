// Ten times the usual for five seconds, past what the gateway can do: nothing may be refused, the backlog must go, and
// answers be as quick as before.
import type { PhaseFigures } from '../load/run.ts';
import type { WorkloadName } from '../load/workloads.ts';
import { type Field, playRun } from '../play.ts';
import { kneeOf, stock } from './open.ts';

export interface BurstRow {
  readonly workload: WorkloadName;
  /** What it reaches in a closed loop. */
  readonly knee: number;
  /** Before, during, while the backlog goes, after. */
  readonly phases: readonly PhaseFigures[];
}

const PLAYED: readonly WorkloadName[] = ['createOrder', 'notification'];
/** The usual rate, of what the gateway can do: ten times as much is half as much again as it can. */
const USUAL = 0.15;
const TIMES = 10;
const SECONDS = 5;

export async function playBurst(field: Field, seconds: number): Promise<BurstRow[]> {
  const gateway = field.contenders.find(({ name }) => name === 'gateway');
  const rows: BurstRow[] = [];
  for (const workload of gateway === undefined ? [] : PLAYED) {
    if (gateway === undefined || field.failures.length > 0) break;
    const knee = await kneeOf(field, gateway, { workload, seconds });
    const usual = { perSecond: knee * USUAL, seconds: SECONDS };
    const phases = [usual, { perSecond: usual.perSecond * TIMES, seconds: SECONDS }, usual, usual];
    await stock(field, gateway, workload === 'notification' ? usual.perSecond * SECONDS * (TIMES + 3) : 1);
    const played = await playRun(field, gateway, { kind: 'open', workload, phases });
    rows.push({ workload, knee, phases: played.phases });
    process.stderr.write(`burst: ${workload}\n`);
  }
  return rows;
}
