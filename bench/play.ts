// One run of one contender: Alipay set to its pace, the load driven, what it cost measured, the books checked.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ends } from './arena.ts';
import { plus } from './books/done.ts';
import type { Contender } from './contenders.ts';
import { lagOf } from './event-loop.ts';
import type { Keys } from './keys.ts';
import type { ClosedRun, OpenRun, Run, RunBase, RunFigures, StockRun } from './load/run.ts';
import type { WorkloadName } from './load/workloads.ts';
import type { Server } from './servers.ts';

export interface Field {
  readonly contenders: readonly Contender[];
  readonly alipay: Server;
  readonly keys: Keys;
  readonly connections: number;
  readonly drive: (run: Run) => Promise<RunFigures>;
  /** Everything that was wrong so far. */
  readonly failures: string[];
}

export interface Played extends RunFigures {
  /** Of PostgreSQL's processes for this database, an operation, until the books were closed. */
  readonly postgresCpuUs: number | null;
  /** Of the gateway's event loop, while it ran. */
  readonly eventLoopP99Ms: number | null;
}

type Own = 'contender' | 'port' | 'pid' | 'keys' | 'connections';
type Wish<Kind extends RunBase> = Omit<Kind, Own> & Partial<Pick<RunBase, 'connections'>>;
export type RunWish = Wish<ClosedRun> | Wish<OpenRun> | Wish<StockRun>;

/** A wrong answer, and books that don't match, become failures. */
export async function playRun(field: Field, contender: Contender, wish: RunWish): Promise<Played> {
  const { keys, connections, drive, failures, alipay } = field;
  const { name, port, pid, books } = contender;
  await pace(alipay, 'workload' in wish ? wish.workload : undefined);
  await lagOf(contender);
  const before = await books.postgresCpu();
  const figures = await drive({ connections, ...wish, contender: name, port, pid, keys });
  const eventLoopP99Ms = await lagOf(contender);
  contender.done = plus(contender.done, figures.done);
  const faults = [...figures.faults, ...(await books.check(contender.done))];
  if (figures.operations === 0) faults.push('nothing was answered');
  const what = 'workload' in wish ? wish.workload : wish.kind;
  failures.push(...faults.map((fault) => `${name}, ${what}: ${fault}`));
  const postgresCpuUs = perOperation(before, await books.postgresCpu(), figures.operations);
  return { ...figures, postgresCpuUs, eventLoopP99Ms };
}

/** How long Alipay takes to answer, in ms. */
const DELAYS: Readonly<Partial<Record<WorkloadName, number>>> = { sell50: 50, sell300: 300 };

async function pace({ port }: Server, workload: WorkloadName | undefined): Promise<void> {
  const delayMs = (workload && DELAYS[workload]) ?? 0;
  const answer = await fetch(`http://127.0.0.1:${port}/delay/${delayMs}`);
  await answer.arrayBuffer();
}

/** A backend that began meanwhile counts with all it has done; one that ended, not at all. */
function perOperation(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
  operations: number,
): number | null {
  if (after.size === 0 || operations === 0) return null;
  return [...after].reduce((sum, [pid, us]) => sum + us - (before.get(pid) ?? 0), 0) / operations;
}

/** The driver's process. A run that never ends is its connections' matter: they give up after 10 s. */
export function startDriver(ends: Ends): Field['drive'] {
  return startChild<Run, RunFigures>('load/driver.ts', ends);
}

/** A process of the bench's own that answers one message at a time. */
export function startChild<Asked extends object, Answer>(
  program: string,
  ends: Ends,
): (asked: Asked) => Promise<Answer> {
  const child = fork(join(import.meta.dirname, program), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  ends.push(async () => child.kill());
  return async (asked) => {
    const ended = new AbortController();
    const answered = once(child, 'message', ended);
    const died = once(child, 'exit', ended).then(() => {
      throw new Error(`${program} died`);
    });
    child.send(asked);
    const [answer] = await Promise.race([answered, died]);
    ended.abort();
    died.catch(() => {});
    answered.catch(() => {});
    return answer;
  };
}
