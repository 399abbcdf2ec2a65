// What a run has found, and how it reads.
import type { BurstRow } from '../parts/burst.ts';
import type { Round } from '../parts/match.ts';
import type { OpenRow } from '../parts/open.ts';
import type { Soak } from '../parts/soak.ts';
import type { SocketsRow } from '../parts/sockets.ts';
import type { StartRow } from '../parts/start.ts';
import type { TableSize } from '../preload/sizes.ts';
import { capacityTable, saleCost } from './capacity.ts';
import { matchTables } from './match-tables.ts';
import { burstTable, openTable, sizesTable, soakTable, socketsTable, startTable } from './part-tables.ts';
import type { WorkloadSummary } from './summary.ts';

export interface Report {
  readonly ok: boolean;
  /** Everything that was wrong; none when ok. */
  readonly failures: readonly string[];
  readonly match?: readonly WorkloadSummary[];
  /** The same over years of orders, and what they take on disk. */
  readonly growth?: {
    readonly orders: number;
    readonly match: readonly WorkloadSummary[];
    readonly sizes: readonly TableSize[];
  };
  readonly open?: readonly OpenRow[];
  readonly burst?: readonly BurstRow[];
  readonly sockets?: readonly SocketsRow[];
  readonly start?: readonly StartRow[];
  readonly soak?: Soak;
  readonly peakRssMb: Readonly<Record<string, number | null>>;
  readonly about: About;
  readonly rounds: readonly Round[];
}

export interface About extends Setting {
  readonly command: string;
  readonly options: object;
  readonly loadAfter: readonly number[];
}

/** Where, when and with what. */
export interface Setting {
  readonly at: string;
  readonly commit: string | null;
  readonly kassa: string;
  readonly node: string;
  readonly postgres: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, string>>;
  readonly machine: {
    readonly platform: string;
    readonly cpus: number;
    readonly cpu: string | null;
    readonly memoryMb: number;
  };
  readonly loadBefore: readonly number[];
}

/** The parts that were played, each with its name and its Markdown. */
export function sectionsOf({ match, growth, open, burst, sockets, start, soak }: Report): Map<string, string> {
  const sections = new Map<string, string>();
  if (match) sections.set('match', matchTables(match));
  const cost = match && saleCost(match);
  if (cost) sections.set('capacity', capacityTable(cost));
  if (open) sections.set('open', openTable(open));
  if (burst) sections.set('burst', burstTable(burst));
  if (sockets) sections.set('sockets', socketsTable(sockets));
  if (start) sections.set('start', startTable(start));
  if (soak) sections.set('soak', soakTable(soak));
  if (growth) sections.set('growth', `${matchTables(growth.match)}\n\n${sizesTable(growth.sizes)}`);
  return sections;
}

/** Tables and the verdict, for a terminal. */
export function render(report: Report): string {
  const { ok, failures, peakRssMb } = report;
  const memory = Object.entries(peakRssMb).map(([name, mb]) => `${name} ${mb === null ? '–' : Math.round(mb)} MB`);
  const verdict = ok
    ? ['every answer and the books are right']
    : ['FAILED: these figures are worth nothing', ...failures];
  const sections = [...sectionsOf(report)].map(([name, text]) => `${name}\n${text}\n`);
  return `${[...sections, `peak RSS: ${memory.join(', ')}`, ...verdict].join('\n')}\n`;
}

/** Where, when and with what: a figure means nothing without. */
export function provenance({ at, commit, node, postgres, machine, command }: About): string {
  const { server_version, fsync, synchronous_commit } = postgres;
  const durable = `fsync ${fsync}, synchronous_commit ${synchronous_commit}`;
  const where = `${machine.cpus} × ${machine.cpu ?? 'unknown'}, ${Math.round(machine.memoryMb / 1024)} GB`;
  return `\`${command}\` on ${at.slice(0, 10)}, commit ${commit ?? 'unknown'}; Node ${node}, PostgreSQL ${server_version} (${durable}); ${where}.`;
}
