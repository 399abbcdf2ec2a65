import type { Database } from './database.ts';
import { rowOf } from './statement.ts';
import { clockReading } from './statements/clock-reading.ts';

const ASK_EVERY_MS = 10_000;

/** @throws when the database does not answer. */
export async function readDatabaseTime({ pool }: Pick<Database, 'pool'>): Promise<Date> {
  const row = await rowOf<{ ms: string }>(pool, clockReading, []);
  return new Date(Math.floor(Number(row?.ms)));
}

export interface TimeKeeper {
  stop(): void;
}

/**
 * Tells `tell` the database's time, now and every ten seconds: all processes decide by one time, however wrong the clocks of
 * their machines are. While the database is away the last told time goes on.
 * @throws when the database does not answer the first time.
 */
export async function keepDatabaseTime(
  { pool }: Pick<Database, 'pool'>,
  tell: (now: Date, giveOrTakeMs: number) => void,
): Promise<TimeKeeper> {
  const ask = async () => {
    const askedAt = performance.now();
    const row = await rowOf<{ ms: string }>(pool, clockReading, []);
    // It was read somewhere between the question and the answer.
    const halfWayMs = (performance.now() - askedAt) / 2;
    if (row !== undefined) tell(new Date(Number(row.ms) + halfWayMs), halfWayMs);
  };
  await ask();
  const timer = setInterval(() => void ask().catch(() => undefined), ASK_EVERY_MS).unref();
  return { stop: () => clearInterval(timer) };
}
