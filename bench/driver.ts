// The load: a process of its own, told over IPC what to run. A closed loop: each connection asks, waits, checks the
// answer, and asks again, so the figures say how much fits, not how late an answer is at a given rate.
import { type Connection, openConnection } from './connection.ts';
import { dialects, type SideName } from './dialects.ts';
import type { Keys } from './keys.ts';
import { cpuUs } from './process-figures.ts';
import type { Request, Till } from './requests.ts';
import { requestsOf, type WorkloadName } from './workloads.ts';

export interface Run {
  readonly side: SideName;
  readonly workload: WorkloadName;
  readonly port: number;
  readonly pid: number;
  readonly seconds: number;
  readonly connections: number;
  readonly keys: Keys;
}

export interface RunFigures {
  /** Requests whose answer was right. */
  readonly operations: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's process, an operation. */
  readonly cpuUs: number | null;
  readonly faults: readonly string[];
}

/** More notifications than one side applies in a run: what is signed in vain delays the run, nothing else. */
const NOTICES_PER_SECOND = 6_000;
const MAX_FAULTS = 5;

const tills = new Map<SideName, Till>();

process.on('message', async (run: Run) => {
  process.send?.(await runOnce(run));
});

async function runOnce(run: Run): Promise<RunFigures> {
  const till = tills.get(run.side) ?? { dialect: dialects[run.side], keys: run.keys, sales: [], made: 0 };
  tills.set(run.side, till);
  const next = await requestsOf(run.workload, till, Math.ceil(NOTICES_PER_SECOND * run.seconds));
  const connections = await Promise.all(Array.from({ length: run.connections }, () => openConnection(run.port)));
  const noted: Noted = { latenciesMs: [], faults: [] };
  const cpuBefore = cpuUs(run.pid);
  const startedAt = performance.now();
  const endsAt = startedAt + run.seconds * 1_000;
  const more = () => (performance.now() < endsAt && noted.faults.length < MAX_FAULTS ? next() : undefined);
  await Promise.all(connections.map((connection) => ask(connection, more, noted)));
  const elapsedMs = performance.now() - startedAt;
  const cpuAfter = cpuUs(run.pid);
  for (const connection of connections) connection.close();
  const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  return figuresOf(noted, { elapsedMs, cpu });
}

interface Noted {
  readonly latenciesMs: number[];
  readonly faults: string[];
}

async function ask(connection: Connection, next: () => Request | undefined, noted: Noted): Promise<void> {
  for (let request = next(); request !== undefined; request = next()) {
    try {
      const sentAt = performance.now();
      const answer = await connection.send(request.bytes);
      const latencyMs = performance.now() - sentAt;
      const fault = request.accept(answer);
      if (fault === undefined) noted.latenciesMs.push(latencyMs);
      else noted.faults.push(fault);
    } catch (error) {
      noted.faults.push(String(error));
      return;
    }
  }
}

function figuresOf(
  { latenciesMs, faults }: Noted,
  { elapsedMs, cpu }: { elapsedMs: number; cpu: number | undefined },
): RunFigures {
  const sorted = Float64Array.from(latenciesMs).sort();
  const operations = sorted.length;
  return {
    operations,
    perSecond: (operations / elapsedMs) * 1_000,
    p50Ms: sorted[Math.floor(operations * 0.5)] ?? 0,
    p99Ms: sorted[Math.floor(operations * 0.99)] ?? 0,
    cpuUs: cpu === undefined || operations === 0 ? null : cpu / operations,
    faults,
  };
}
