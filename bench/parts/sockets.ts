// Subscriptions: what a socket costs in memory, and how soon a notification is on the screen of whoever follows its order.
import type { Ends } from '../arena.ts';
import { plus } from '../books/done.ts';
import type { Contender, ContenderName } from '../contenders.ts';
import { endEach } from '../ends.ts';
import { collecting } from '../follow/memory.ts';
import type { Step, StepFigures } from '../follow/steps.ts';
import type { Latencies } from '../load/latencies.ts';
import { startChild } from '../play.ts';
import { cpuUs, openFilesLimit } from '../process-figures.ts';
import type { Stage } from '../stage.ts';

export interface SocketsRow extends Latencies {
  readonly contender: ContenderName;
  readonly sockets: number;
  /** Notifications a second that were asked for. */
  readonly target: number;
  /** Notifications answered a second, up to the last answer. */
  readonly perSecond: number;
  /** Of the server, for each notification; null where there is no /proc. */
  readonly cpuUs: number | null;
  /** Of the server, for each socket; null where there is no /proc. */
  readonly connectedKb: number | null;
  readonly subscribedKb: number | null;
}

const PLAYED: readonly ContenderName[] = ['gateway', 'limit', 'tutorial'];
/** A notification that waits for its answer holds a connection, and on a full machine some thousands wait. */
const OTHER_FILES = 4_000;
/** At least so long, whatever the rate. */
const LEAST_SECONDS = 2;

/** @throws Error when this machine allows too few open files */
export function checkOpenFiles(sockets: readonly number[], limit = openFilesLimit()): void {
  const most = Math.max(...sockets) + OTHER_FILES;
  if (limit === undefined || limit >= most) return;
  throw new Error(
    `${Math.max(...sockets)} sockets need ${most} open files a process, this shell allows ${limit}: ` +
      `raise it with ulimit -n ${most}, or ask for fewer with --sockets`,
  );
}

export interface SocketsOptions {
  readonly sockets: readonly number[];
  readonly notices: readonly number[];
  /** So long to orders that nobody follows, before the clock runs. */
  readonly warmUpSeconds: number;
}

/** Each count and rate has a server and a database of its own, so that memory is what its sockets took. */
export async function playSockets(stage: Stage, options: SocketsOptions): Promise<SocketsRow[]> {
  const rows: SocketsRow[] = [];
  for (const run of runsOf(stage, options)) {
    const ends: Ends = [];
    try {
      rows.push(await playRun({ ...stage, ends }, run));
    } finally {
      await endEach(ends);
    }
    process.stderr.write(`sockets: ${run.count}, ${run.name}, ${run.rate}/s\n`);
  }
  return rows;
}

interface Run {
  readonly name: ContenderName;
  readonly count: number;
  /** Notifications a second. */
  readonly rate: number;
  readonly warmUpSeconds: number;
}

function runsOf({ names }: Stage, { sockets, notices, warmUpSeconds }: SocketsOptions): Run[] {
  const ratesOf = (count: number) => [...new Set(notices.map((rate) => Math.min(rate, count / LEAST_SECONDS)))];
  const played = PLAYED.filter((name) => names.includes(name));
  return sockets.flatMap((count) =>
    ratesOf(count).flatMap((rate) => played.map((name) => ({ name, count, rate, warmUpSeconds }))),
  );
}

async function playRun(stage: Stage, { name, count, rate, warmUpSeconds }: Run): Promise<SocketsRow> {
  const contender = await stage.open(name, stage.ends);
  const take = startTaking(stage, contender);
  const warmUp = Math.ceil(rate * warmUpSeconds);
  const planned = Math.ceil(warmUp / 5);
  await take({ kind: 'stock', contender: name, keys: stage.keys, port: contender.port, orders: count + warmUp });
  const memory = collecting(stage.folder);
  const { port, pid } = await stage.restart(contender, stage.ends, memory);
  const before = await memory.settledRssMb(pid);
  await take({ kind: 'connect', port, sockets: count });
  const connected = await memory.settledRssMb(pid);
  await take({ kind: 'subscribe' });
  const subscribed = await memory.settledRssMb(pid);
  // A server that has just started compiles its code, its tables were empty when it planned, and it plans anew when they
  // have been analyzed: none of it is asked about.
  await take({ kind: 'warmUp', perSecond: rate, notices: warmUp - planned });
  await contender.books.analyze();
  await take({ kind: 'warmUp', perSecond: rate, notices: planned });
  const cpuBefore = cpuUs(pid);
  const { p50Ms, p99Ms, p999Ms, maxMs, perSecond } = await take({ kind: 'notify', perSecond: rate });
  const cpu = difference(cpuUs(pid), cpuBefore);
  await take({ kind: 'close' });
  stage.failures.push(...(await contender.books.check(contender.done)).map((fault) => `${name}, sockets: ${fault}`));
  const eachKb = (mb: number | null) => mb && (mb * 1024) / count;
  return {
    ...{ contender: name, sockets: count, target: rate, perSecond, p50Ms, p99Ms, p999Ms, maxMs },
    cpuUs: cpu && cpu / count,
    connectedKb: eachKb(difference(connected, before)),
    subscribedKb: eachKb(difference(subscribed, before)),
  };
}

function difference(after: number | undefined, before: number | undefined): number | null {
  return after === undefined || before === undefined ? null : after - before;
}

function startTaking({ failures, ends }: Stage, contender: Contender): (step: Step) => Promise<StepFigures> {
  const send = startChild<Step, StepFigures>('follow/driver.ts', ends);
  return async (step) => {
    const figures = await send(step);
    contender.done = plus(contender.done, figures.done);
    failures.push(...figures.faults.map((fault) => `${contender.name}, sockets, ${step.kind}: ${fault}`));
    return figures;
  };
}
