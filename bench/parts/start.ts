// How soon a server says that it is ready, from when node starts: its database runs and has its tables.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Ends } from '../arena.ts';
import type { ContenderName } from '../contenders.ts';
import { endEach } from '../ends.ts';
import { cpuUs, rssMb } from '../process-figures.ts';
import type { Server } from '../servers.ts';
import { nothingElse, type Stage } from '../stage.ts';

export interface Start {
  readonly ms: number;
  /** Of the process; undefined where there is no /proc. */
  readonly cpuMs: number | undefined;
  readonly rssMb: number | undefined;
}

export interface StartRow {
  /** `node`: one that runs nothing, to its end. */
  readonly who: ContenderName | 'node';
  readonly starts: readonly Start[];
}

export async function playStart(stage: Stage, { rounds }: { readonly rounds: number }): Promise<StartRow[]> {
  const rows: StartRow[] = [{ who: 'node', starts: await bareStarts(rounds) }];
  for (const who of stage.names) rows.push({ who, starts: await startsOf(who, { stage, rounds }) });
  return rows;
}

async function bareStarts(rounds: number): Promise<Start[]> {
  const starts: Start[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await promisify(execFile)(process.execPath, ['-e', '0']);
    starts.push({ ms: performance.now() - startedAt, cpuMs: undefined, rssMb: undefined });
  }
  return starts;
}

async function startsOf(name: ContenderName, { stage, rounds }: { stage: Stage; rounds: number }): Promise<Start[]> {
  const ends: Ends = [];
  const starts: Start[] = [];
  try {
    const contender = await stage.open(name, ends);
    let server: Server = contender;
    for (let round = 0; round < rounds; round += 1) {
      await server.stop();
      const startedAt = performance.now();
      server = await stage.restart(contender, ends, nothingElse);
      const ms = performance.now() - startedAt;
      const cpu = cpuUs(server.pid);
      starts.push({ ms, cpuMs: cpu && cpu / 1_000, rssMb: rssMb(server.pid) });
    }
    return starts;
  } finally {
    await endEach(ends);
  }
}
