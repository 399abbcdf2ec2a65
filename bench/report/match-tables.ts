import { type ContenderName, contenderNames } from '../contenders.ts';
import { hundredth, table, tenth, whole } from './markdown.ts';
import type { Ratio, WorkloadSummary } from './summary.ts';

const COSTS = ['rate/s', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL CPU µs', 'loop p99 ms'];

/** Ratios first, then what each contender did. */
export function matchTables(summaries: readonly WorkloadSummary[]): string {
  return `${ratioTable(summaries)}\n\n${costTable(summaries)}`;
}

function ratioTable(summaries: readonly WorkloadSummary[]): string {
  const pairs = summaries[0]?.ratios ?? [];
  const head = ['workload', ...pairs.flatMap(({ one, other }) => [`${one} × ${other}`, '95 %', 'bar', ''])];
  const rows = summaries.map(({ workload, ratios }) => [workload, ...ratios.flatMap(ratioCells)]);
  return table(head, rows);
}

/** Of the limit in percent; of the others as often as it is. */
function ratioCells({ other, median, low, high, bar, verdict }: Ratio): string[] {
  const shown = other === 'limit' ? (value: number) => `${Math.round(value * 100)} %` : hundredth;
  return [shown(median), `${shown(low)} – ${shown(high)}`, bar === null ? '' : `≥ ${shown(bar)}`, verdict ?? ''];
}

function costTable(summaries: readonly WorkloadSummary[]): string {
  const rows = summaries.flatMap((summary) => contenderNames.flatMap((name) => costRow(summary, name)));
  return table(['workload', 'who', ...COSTS], rows);
}

function costRow({ workload, contenders }: WorkloadSummary, name: ContenderName): string[][] {
  const middle = contenders[name];
  if (middle === undefined) return [];
  const { perSecond, p50Ms, p99Ms, cpuUs, postgresCpuUs, eventLoopP99Ms } = middle;
  const cost = [whole(cpuUs), whole(postgresCpuUs), tenth(eventLoopP99Ms)];
  return [[workload, name, whole(perSecond), tenth(p50Ms), tenth(p99Ms), ...cost]];
}
