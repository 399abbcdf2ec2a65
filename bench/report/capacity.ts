// From CPU an operation to sales a second: what so many cores carry.
import type { WorkloadName } from '../load/workloads.ts';
import { table, whole } from './markdown.ts';
import type { WorkloadSummary } from './summary.ts';

/** What one sale asks for: the order and its code, Alipay's notification, and three looks at how it stands. */
const SALE: readonly (readonly [WorkloadName, times: number])[] = [
  ['sell', 1],
  ['notification', 1],
  ['order', 3],
];

/** The share of its cores that a machine may use at its busiest: the rest is for bursts, vacuum and a replica that is gone. */
const BUSY = 0.6;
/** The busiest hour of a shop has a tenth of its day. */
const PEAK_HOURS = 10;

interface Setup {
  readonly name: string;
  /** Cores for the gateways and for PostgreSQL; on one machine they share them. */
  readonly cores: { readonly shared: number } | { readonly gateways: number; readonly postgres: number };
}

const SETUPS: readonly Setup[] = [
  { name: 'one machine, 2 cores', cores: { shared: 2 } },
  { name: 'one machine, 4 cores', cores: { shared: 4 } },
  { name: 'one machine, 8 cores', cores: { shared: 8 } },
  { name: '3 replicas of 2 cores, PostgreSQL with 4', cores: { gateways: 6, postgres: 4 } },
  { name: '3 replicas of 4 cores, PostgreSQL with 16', cores: { gateways: 12, postgres: 16 } },
];
const CELLS = 10;

export interface SaleCost {
  readonly gatewayUs: number;
  readonly postgresUs: number;
}

/** CPU of one sale; undefined unless everything that it asks for was played and its CPU is known. */
export function saleCost(match: readonly WorkloadSummary[]): SaleCost | undefined {
  const parts = SALE.map(([name, times]) => {
    const middle = match.find(({ workload }) => workload === name)?.contenders.gateway;
    const { cpuUs, postgresCpuUs } = middle ?? { cpuUs: null, postgresCpuUs: null };
    return cpuUs === null || postgresCpuUs === null ? undefined : { cpuUs, postgresCpuUs, times };
  });
  const known = parts.filter((part) => part !== undefined);
  if (known.length < SALE.length) return undefined;
  const sum = (of: (part: (typeof known)[number]) => number) => known.reduce((all, part) => all + of(part), 0);
  return {
    gatewayUs: sum(({ cpuUs, times }) => cpuUs * times),
    postgresUs: sum(({ postgresCpuUs, times }) => postgresCpuUs * times),
  };
}

export function capacityTable(cost: SaleCost): string {
  const head = ['setup', 'sales/s', 'sales in a busy hour', 'sales a day', 'full first'];
  const rows = SETUPS.map((setup) => capacityRow(setup.name, salesPerSecond(cost, setup)));
  const last = SETUPS.at(-1);
  const cells = last === undefined ? [] : [cellsRow(last, salesPerSecond(cost, last))];
  const sum = `A sale costs ${whole(cost.gatewayUs)} µs of a gateway's core and ${whole(cost.postgresUs)} µs of PostgreSQL's.`;
  return `${sum}\n\n${table(head, [...rows, ...cells])}`;
}

interface Carried {
  readonly perSecond: number;
  readonly fullFirst: string;
}

function salesPerSecond({ gatewayUs, postgresUs }: SaleCost, { cores }: Setup): Carried {
  const carry = (many: number, us: number) => (many * BUSY * 1e6) / us;
  if ('shared' in cores) return { perSecond: carry(cores.shared, gatewayUs + postgresUs), fullFirst: 'the machine' };
  const [gateways, postgres] = [carry(cores.gateways, gatewayUs), carry(cores.postgres, postgresUs)];
  const fullFirst = gateways < postgres ? 'the gateways' : 'PostgreSQL';
  return { perSecond: Math.min(gateways, postgres), fullFirst };
}

function cellsRow({ name }: Setup, { perSecond, fullFirst }: Carried): string[] {
  return capacityRow(`${CELLS} cells, each ${name}`, { perSecond: perSecond * CELLS, fullFirst });
}

function capacityRow(name: string, { perSecond, fullFirst }: Carried): string[] {
  const hour = perSecond * 3_600;
  return [name, ...[perSecond, hour, hour * PEAK_HOURS].map(whole), fullFirst];
}
