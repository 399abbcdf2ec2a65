import { floors } from '../bars.ts';
import type { WorkloadSummary } from './summary.ts';

/** Every ratio that has fallen under its floor. */
export function underFloor(summaries: readonly WorkloadSummary[]): string[] {
  return summaries.flatMap(({ workload, ratios }) =>
    ratios.flatMap(({ other, median }) => {
      const floor = floors[workload]?.[other];
      if (floor === undefined || median >= floor) return [];
      return [`${workload}: ${median.toFixed(2)} of ${other}, at least ${floor} was expected`];
    }),
  );
}
