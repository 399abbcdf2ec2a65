// The two sides against each other: the same workloads in turn, A B A B, so that whatever else this machine does meets both.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ends } from './arena.ts';
import type { Acknowledged, Books } from './books.ts';
import type { SideName } from './dialects.ts';
import type { Run, RunFigures } from './driver.ts';
import type { Keys } from './keys.ts';
import type { Round } from './report.ts';
import type { Server } from './servers.ts';
import type { WorkloadName } from './workloads.ts';

export interface Side extends Server {
  readonly name: SideName;
  readonly books: Books;
  readonly acknowledged: Acknowledged;
}

export interface Match {
  readonly gateway: Side;
  readonly limit: Side;
  readonly keys: Keys;
  readonly connections: number;
  readonly drive: (run: Run) => Promise<RunFigures>;
  readonly failures: string[];
}

/** The driver's process. A run that never ends is its connections' matter: they give up after 10 s. */
export function startDriver(ends: Ends): (run: Run) => Promise<RunFigures> {
  const driver = fork(join(import.meta.dirname, 'driver.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  ends.push(async () => driver.kill());
  return async (run) => {
    const ended = new AbortController();
    const answered = once(driver, 'message', ended);
    const died = once(driver, 'exit', ended).then(() => {
      throw new Error('the driver died');
    });
    driver.send(run);
    const [figures] = await Promise.race([answered, died]);
    ended.abort();
    died.catch(() => {});
    answered.catch(() => {});
    return figures;
  };
}

export async function playRound(match: Match, seconds: number): Promise<Round> {
  return {
    createOrder: await playBoth(match, 'createOrder', seconds),
    payByAuthCode: await playBoth(match, 'payByAuthCode', seconds),
    notification: await playBoth(match, 'notification', seconds),
    order: await playBoth(match, 'order', seconds),
    refundOrder: await playBoth(match, 'refundOrder', seconds),
  };
}

const COUNTED: Readonly<Record<WorkloadName, keyof Acknowledged | undefined>> = {
  createOrder: 'created',
  payByAuthCode: 'scanned',
  notification: 'noticed',
  order: undefined,
  refundOrder: 'refunded',
};

async function playBoth(match: Match, workload: WorkloadName, seconds: number) {
  const gateway = await play(match, match.gateway, { workload, seconds });
  const limit = await play(match, match.limit, { workload, seconds });
  return { gateway, limit };
}

async function play(
  { keys, connections, drive, failures }: Match,
  side: Side,
  { workload, seconds }: Pick<Run, 'workload' | 'seconds'>,
): Promise<RunFigures> {
  const { name, port, pid, acknowledged, books } = side;
  const figures = await drive({ side: name, port, pid, keys, connections, workload, seconds });
  const counted = COUNTED[workload];
  if (counted !== undefined) acknowledged[counted] += figures.operations;
  const faults = [...figures.faults, ...(await books.check(acknowledged))];
  if (figures.operations === 0) faults.push('nothing was answered');
  failures.push(...faults.map((fault) => `${name}, ${workload}: ${fault}`));
  return figures;
}
