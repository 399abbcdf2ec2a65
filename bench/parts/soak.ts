// A mixed day at half speed for a long time: does the gateway keep its memory and its pace?
import type { Contender } from '../contenders.ts';
import { type Field, type Played, playRun } from '../play.ts';
import { rssMb } from '../process-figures.ts';
import { median } from '../report/statistics.ts';
import { kneeOf, stock } from './open.ts';

export interface Soak {
  readonly seconds: number;
  readonly target: number;
  readonly achieved: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly eventLoopP99Ms: number | null;
  /** The last tenth of the time against the second one (the first warms up), in MiB. */
  readonly rssMb: { readonly early: number; readonly late: number } | null;
}

export async function playSoak(
  field: Field,
  { seconds, load, kneeSeconds }: { seconds: number; load: number; kneeSeconds: number },
): Promise<Soak | null> {
  const gateway = field.contenders.find(({ name }) => name === 'gateway');
  if (gateway === undefined) return null;
  const knee = await kneeOf(field, gateway, { workload: 'mixed', seconds: kneeSeconds });
  const perSecond = knee * load;
  await stock(field, gateway, 100);
  const memory = watch(gateway, (seconds * 1_000) / 100);
  const phases = [{ perSecond, seconds }];
  const played = await playRun(field, gateway, { kind: 'open', workload: 'mixed', phases });
  return { seconds, target: perSecond, ...figuresOf(played), rssMb: drift(memory.stop()) };
}

function figuresOf({ phases, p50Ms, p99Ms, eventLoopP99Ms }: Played) {
  return { achieved: phases[0]?.achieved ?? 0, p50Ms, p99Ms, eventLoopP99Ms };
}

function watch({ pid }: Contender, everyMs: number) {
  const seen: number[] = [];
  const timer = setInterval(() => {
    const now = rssMb(pid);
    if (now !== undefined) seen.push(now);
  }, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return seen;
    },
  };
}

function drift(seen: readonly number[]): Soak['rssMb'] {
  const tenth = Math.floor(seen.length / 10);
  if (tenth === 0) return null;
  return { early: median(seen.slice(tenth, 2 * tenth)), late: median(seen.slice(-tenth)) };
}
