// The load: a process of its own, told over IPC what to run.
import { cpuUs } from '../process-figures.ts';
import { closedLoop } from './closed-loop.ts';
import { dialects } from './dialects.ts';
import { figuresOf, type Measured, type Noted, newNotes } from './noted.ts';
import { openLoop } from './open-loop.ts';
import { createRequest } from './order-requests.ts';
import type { Requests, Till } from './requests.ts';
import type { ClosedRun, OpenRun, Run, RunFigures, StockRun } from './run.ts';
import { requestsOf } from './workloads.ts';

/** More notifications than anybody applies in a run: what is signed in vain delays the run, nothing else. */
const NOTICES_PER_SECOND = 6_000;

const tills = new Map<string, Till>();

process.on('message', async (run: Run) => {
  process.send?.(await play(run));
});

async function play(run: Run): Promise<RunFigures> {
  const till = tillOf(run);
  const noted = newNotes();
  return figuresOf(noted, await measure(run, till, noted));
}

function measure(run: Run, till: Till, noted: Noted): Promise<Measured> {
  switch (run.kind) {
    case 'closed':
      return playClosed(run, till, noted);
    case 'open':
      return playOpen(run, till, noted);
    case 'stock':
      return stockUp(run, till, noted);
  }
}

function tillOf({ contender, keys, fresh }: Run): Till {
  const till = tills.get(contender) ?? { dialect: dialects[contender], keys, sales: [], made: 0 };
  tills.set(contender, till);
  if (fresh) till.sales = [];
  return till;
}

async function playClosed(run: ClosedRun, till: Till, noted: Noted): Promise<Measured> {
  const { seconds, workload, pid } = run;
  const next = await requestsOf(workload, till, Math.ceil(NOTICES_PER_SECOND * seconds));
  const before = cpuUs(pid);
  const elapsedMs = await closedLoop({ ...run, next, seconds }, noted);
  return { elapsedMs, cpuUs: difference(before, cpuUs(pid)) };
}

async function playOpen(run: OpenRun, till: Till, noted: Noted): Promise<Measured> {
  const { phases, workload, pid } = run;
  const most = Math.ceil(phases.reduce((sum, { perSecond, seconds }) => sum + perSecond * seconds, 0));
  const next = await requestsOf(workload, till, most);
  const before = cpuUs(pid);
  const { elapsedMs, phases: figures } = await openLoop({ ...run, next }, noted);
  return { elapsedMs, cpuUs: difference(before, cpuUs(pid)), phases: figures };
}

async function stockUp(run: StockRun, till: Till, noted: Noted): Promise<Measured> {
  let left = run.orders;
  const next: Requests = () => {
    left -= 1;
    return left < 0 ? undefined : createRequest(till);
  };
  return { elapsedMs: await closedLoop({ ...run, next }, noted), cpuUs: undefined };
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}
