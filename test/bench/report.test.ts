import { describe, expect, test } from 'vitest';
import type { WorkloadName } from '../../bench/load/workloads.ts';
import { checkOpenFiles } from '../../bench/parts/sockets.ts';
import { capacityTable, saleCost } from '../../bench/report/capacity.ts';
import { chart } from '../../bench/report/chart.ts';
import { matchTables } from '../../bench/report/match-tables.ts';
import { withBlock } from '../../bench/report/page.ts';
import { summarize, type WorkloadSummary } from '../../bench/report/summary.ts';
import { underFloor } from '../../bench/report/under-floor.ts';

/** Five rounds of createOrder: the gateway a little faster in each. */
function fiveRounds({ gateway, limit, tutorial }: Record<'gateway' | 'limit' | 'tutorial', number>): WorkloadSummary[] {
  const played = (perSecond: number) => ({
    ...{ perSecond, operations: 100, p50Ms: 1, p99Ms: 2, p999Ms: 3, maxMs: 4, cpuUs: 250, postgresCpuUs: null },
    ...{ eventLoopP99Ms: null, faults: [], phases: [] },
    done: { created: 100, offered: 0, noticed: 0, scanned: 0, refunded: 0 },
  });
  const rounds = [0, 1, 2, 3, 4].map((round) => ({
    createOrder: { gateway: played(gateway + round), limit: played(limit), tutorial: played(tutorial) },
  }));
  return summarize(rounds, ['gateway', 'limit', 'tutorial']);
}

const good = fiveRounds({ gateway: 950, limit: 1_000, tutorial: 100 });

test('a workload has its ratios with interval, bar and verdict, and what each contender did', () => {
  const lines = matchTables(good).replaceAll(/ +/g, ' ').split('\n');
  expect(lines).toContain('| createOrder | 95 % | 95 % – 95 % | ≥ 90 % | met | 9.52 | 9.50 – 9.54 | ≥ 5.00 | met |');
  expect(lines).toContain('| createOrder | gateway | 952 | 1.0 | 2.0 | 250 | – | – |');
});

test('a ratio under its floor is named, one above it is not', () => {
  expect(underFloor(good)).toEqual([]);
  expect(underFloor(fiveRounds({ gateway: 300, limit: 1_000, tutorial: 100 }))).toEqual([
    expect.stringMatching(/^createOrder: 0\.30 of limit/),
  ]);
});

test('a run rewrites its own block of the page, and nothing else', () => {
  const page =
    'before\n<!-- bench:match -->\nold\n<!-- /bench:match -->\nafter\n<!-- bench:open -->\n<!-- /bench:open -->\n';
  const written = withBlock(page, 'match', 'new');
  expect(written).toBe(page.replace('old', 'new'));
  expect(withBlock(written, 'match', 'new')).toBe(written);
  expect(() => withBlock(page, 'soak', 'new')).toThrow('no place for soak');
});

test('the chart shows each workload by the limit, with its origin', () => {
  const svg = chart(good, about);
  expect(svg).toContain('>createOrder</text>');
  expect(svg).toContain('>95</text>');
  expect(svg).toContain('2026-05-01, commit abc, Node 24.0.0, PostgreSQL 18.0');
});

const about = {
  ...{
    at: '2026-05-01T12:00:00.000Z',
    commit: 'abc',
    kassa: '0.1.0',
    node: '24.0.0',
    postgres: { server_version: '18.0' },
  },
  ...{ packages: {}, loadBefore: [], loadAfter: [], options: {}, command: 'npm run bench' },
  machine: { platform: 'linux', cpus: 2, cpu: null, memoryMb: 1024 },
};

test('too few open files are said before anything begins', () => {
  expect(() => checkOpenFiles([1_000, 10_000], 4_096)).toThrow(
    /10000 sockets need 14000 open files .* allows 4096.*ulimit -n 14000/s,
  );
  expect(() => checkOpenFiles([1_000], 8_192)).not.toThrow();
  expect(() => checkOpenFiles([1_000], undefined)).not.toThrow();
});

describe('capacity', () => {
  const middle = { perSecond: 1, p50Ms: 1, p99Ms: 1, eventLoopP99Ms: null };
  const costing = (workload: WorkloadName, cpuUs: number | null, postgresCpuUs: number | null): WorkloadSummary => ({
    workload,
    ratios: [],
    contenders: { gateway: { ...middle, cpuUs, postgresCpuUs } },
  });
  const match = [costing('sell', 600, 500), costing('notification', 200, 300), costing('order', 100, 50)];

  test('a sale is one of each and three looks', () => {
    expect(saleCost(match)).toEqual({ gatewayUs: 1_100, postgresUs: 950 });
  });

  test('what was not played, or whose CPU is not known, makes no figure', () => {
    expect(saleCost(match.slice(1))).toBeUndefined();
    expect(saleCost([...match.slice(1), costing('sell', 600, null)])).toBeUndefined();
  });

  test('machines share their cores, replicas wait for the fuller side, cells add up', () => {
    const lines = capacityTable({ gatewayUs: 1_000, postgresUs: 1_000 }).replaceAll(/ +/g, ' ').split('\n');
    expect(lines).toContain('| one machine, 2 cores | 600 | 2,160,000 | 21,600,000 | the machine |');
    expect(lines).toContain(
      '| 3 replicas of 2 cores, PostgreSQL with 4 | 2,400 | 8,640,000 | 86,400,000 | PostgreSQL |',
    );
    expect(lines).toContain(
      '| 10 cells, each 3 replicas of 4 cores, PostgreSQL with 16 | 72,000 | 259,200,000 | 2,592,000,000 | the gateways |',
    );
  });
});
