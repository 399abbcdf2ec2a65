// What the gateway is to reach, as ratios of rates in one run; and what --check never lets it fall under.
import type { ContenderName } from './contenders.ts';
import type { WorkloadName } from './load/workloads.ts';

type Ratios = Readonly<Partial<Record<ContenderName, number>>>;

/** The gateway through another, with authentication, metrics and logging on. */
export const bars: Readonly<Partial<Record<WorkloadName, Ratios>>> = {
  createOrder: { limit: 0.9, tutorial: 5 },
  sell: { limit: 0.9, tutorial: 4.5 },
  notification: { limit: 1, tutorial: 7 },
  order: { limit: 0.6, tutorial: 3 },
};

/** Over a database that holds years of orders, through its own rate over an empty one. */
export const grownBar = 0.85;

/** Short rounds on a busy machine: far under what a quiet one shows, far over what a lost prepared statement leaves. */
export const floors: Readonly<Partial<Record<WorkloadName, Ratios>>> = {
  createOrder: { limit: 0.4, tutorial: 1.4 },
  sell: { limit: 0.35, tutorial: 1.2 },
  notification: { limit: 0.4, tutorial: 2 },
  order: { limit: 0.25, tutorial: 1.3 },
};
