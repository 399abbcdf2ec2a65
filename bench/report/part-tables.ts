import type { BurstRow } from '../parts/burst.ts';
import type { OpenRow } from '../parts/open.ts';
import type { Soak } from '../parts/soak.ts';
import type { SocketsRow } from '../parts/sockets.ts';
import type { StartRow } from '../parts/start.ts';
import type { TableSize } from '../preload/sizes.ts';
import { table, tenth, whole } from './markdown.ts';
import { median } from './statistics.ts';

export function openTable(rows: readonly OpenRow[]): string {
  const head = ['workload', 'who', 'target/s', 'achieved', 'p50 ms', 'p99 ms', 'p99.9 ms', 'most ms', 'loop p99 ms'];
  const cells = rows.map(({ workload, contender, target, achieved, latencies, eventLoopP99Ms }) => [
    ...[workload, contender, whole(target), `${((achieved / target) * 100).toFixed(1)} %`],
    ...(latencies === null
      ? ['dropped', '', '', '']
      : [latencies.p50Ms, latencies.p99Ms, latencies.p999Ms, latencies.maxMs].map(tenth)),
    tenth(eventLoopP99Ms),
  ]);
  return table(head, cells);
}

const PHASES = ['before', 'burst', 'behind it', 'after'];

export function burstTable(rows: readonly BurstRow[]): string {
  const head = [
    'workload',
    'phase',
    'target/s',
    'of the knee',
    'p50 ms',
    'p99 ms',
    'most waiting',
    'backlog gone after ms',
  ];
  const cells = rows.flatMap(({ workload, knee, phases }) =>
    phases.map(({ target, p50Ms, p99Ms, waiting, backlogGoneMs }, index) => [
      ...[workload, PHASES[index] ?? '', whole(target), `${Math.round((target / knee) * 100)} %`],
      ...[tenth(p50Ms), tenth(p99Ms), whole(waiting), index === 1 ? whole(backlogGoneMs) : ''],
    ]),
  );
  return table(head, cells);
}

export function socketsTable(rows: readonly SocketsRow[]): string {
  const head = [
    'sockets',
    'who',
    'notifications/s',
    'answered',
    'p50 ms',
    'p99 ms',
    'most ms',
    'CPU µs',
    'KB a connection',
    'KB with its subscription',
  ];
  const cells = rows.map((row) => [
    ...[whole(row.sockets), row.contender, whole(row.target), whole(row.perSecond)],
    ...[...[row.p50Ms, row.p99Ms, row.maxMs].map(tenth), whole(row.cpuUs)],
    ...[row.connectedKb, row.subscribedKb].map(tenth),
  ]);
  return table(head, cells);
}

export function startTable(rows: readonly StartRow[]): string {
  const head = ['who', 'ready after ms', 'least', 'most', 'CPU ms', 'RSS MB'];
  const cells = rows.map(({ who, starts }) => {
    const ms = starts.map((start) => start.ms);
    const middle = (of: 'cpuMs' | 'rssMb') => {
      const known = starts.map((start) => start[of]).filter((one) => one !== undefined);
      return known.length === 0 ? '–' : whole(median(known));
    };
    return [who, whole(median(ms)), whole(Math.min(...ms)), whole(Math.max(...ms)), middle('cpuMs'), middle('rssMb')];
  });
  return table(head, cells);
}

export function soakTable({ seconds, target, achieved, p50Ms, p99Ms, eventLoopP99Ms, rssMb }: Soak): string {
  const head = [
    'seconds',
    'target/s',
    'achieved/s',
    'p50 ms',
    'p99 ms',
    'loop p99 ms',
    'RSS early MB',
    'RSS late MB',
    'drift',
  ];
  const drift = rssMb === null ? '–' : `${((rssMb.late / rssMb.early - 1) * 100).toFixed(1)} %`;
  const figures = [whole(target), whole(achieved), tenth(p50Ms), tenth(p99Ms), tenth(eventLoopP99Ms)];
  return table(head, [[whole(seconds), ...figures, whole(rssMb?.early), whole(rssMb?.late), drift]]);
}

export function sizesTable(sizes: readonly TableSize[]): string {
  const rows = sizes.map(({ table: name, rows, tableMb, indexesMb }) => [
    ...[name, whole(rows), whole(tableMb), whole(indexesMb)],
  ]);
  return table(['table', 'rows', 'MB', 'MB of indexes'], rows);
}
