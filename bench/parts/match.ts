// The contenders against each other: the same workloads in turn, A B C, in the next round C B A, so that whatever else this
// machine does meets all, and what one leaves to be flushed meets not always the same other.
import type { ContenderName } from '../contenders.ts';

import type { WorkloadName } from '../load/workloads.ts';
import { type Field, type Played, playRun } from '../play.ts';
import { stock } from './open.ts';

/** What each contender did with each workload. */
export type Round = Readonly<Partial<Record<WorkloadName, Readonly<Partial<Record<ContenderName, Played>>>>>>;

export interface MatchOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly workloads: readonly WorkloadName[];
}

/** What makes the orders that the others take; a round without them begins with a stock, which nobody times. */
const MAKERS: readonly WorkloadName[] = ['createOrder', 'sell', 'sell50', 'sell300', 'mixed'];
const STOCK_PER_SECOND = 4_000;

/** The first round warms all up and is thrown away; its books count. A failure ends the match. */
export async function playMatch(field: Field, options: MatchOptions): Promise<Round[]> {
  const { contenders, failures } = field;
  await playRound(field, options, options.warmUpSeconds);
  for (const { books } of contenders) await books.analyze();
  const rounds: Round[] = [];
  while (rounds.length < options.rounds && failures.length === 0) {
    const inTurn = { ...field, contenders: rounds.length % 2 === 0 ? contenders : contenders.toReversed() };
    rounds.push(await playRound(inTurn, options, options.seconds));
    process.stderr.write(`round ${rounds.length} of ${options.rounds}\n`);
  }
  return rounds;
}

async function playRound(field: Field, { workloads }: MatchOptions, seconds: number): Promise<Round> {
  const round: Partial<Record<WorkloadName, Partial<Record<ContenderName, Played>>>> = {};
  const makers = workloads.filter((name) => MAKERS.includes(name));
  for (const contender of makers.length === 0 ? field.contenders : [])
    await stock(field, contender, STOCK_PER_SECOND * seconds);
  for (const [place, workload] of workloads.entries()) {
    const all: Partial<Record<ContenderName, Played>> = {};
    for (const contender of field.contenders) {
      const connections = connectionsFor(workload, field.connections);
      const fresh = place === 0 && makers.length > 0;
      const run = { kind: 'closed', workload, seconds, connections, fresh } as const;
      all[contender.name] = await playRun(field, contender, run);
    }
    round[workload] = all;
  }
  return round;
}

/** While Alipay thinks, a connection waits: it takes more of them to keep the machine busy. */
function connectionsFor(workload: WorkloadName, connections: number): number {
  if (workload === 'sell50') return connections * 3;
  return workload === 'sell300' ? connections * 6 : connections;
}

/** The workload's rate through another contender's of the same round, for every round. */
export function ratesOver(
  rounds: readonly Round[],
  workload: WorkloadName,
  [one, other]: readonly [ContenderName, ContenderName],
): number[] {
  return rounds.flatMap((round) => {
    const [a, b] = [round[workload]?.[one], round[workload]?.[other]];
    return a && b ? [a.perSecond / b.perSecond] : [];
  });
}

export function playedBy(rounds: readonly Round[], workload: WorkloadName, name: ContenderName): Played[] {
  return rounds.flatMap((round) => round[workload]?.[name] ?? []);
}
