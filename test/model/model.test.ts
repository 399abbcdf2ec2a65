// Whatever people, the network and time do, in whatever order: once all is quiet, the gateway's books and Alipay's
// agree to the fen. `npm run model` for 5,000 days; MODEL_SEED repeats a run, MODEL_SHRINK=1 looks for the shortest day.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Act, days, type Stage } from './acts.ts';
import { checkOrder } from './books.ts';
import { openWorld, type World } from './world.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 300);
const SEED = process.env.MODEL_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.MODEL_SEED);

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world?.end());

test(`the two ledgers agree after any of ${RUNS} days at a till (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(days, (day) => live(world, day)),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env.MODEL_SHRINK === undefined },
  );
  process.stdout.write(`${await figures(world)}\n`);
}, 3_600_000);

async function live(world: World, day: readonly Act[]): Promise<void> {
  const stage: Stage = { world, numbers: [], underWay: [] };
  world.faults.length = 0;
  try {
    for (const act of day) await act.run(stage);
    await Promise.all(stage.underWay);
    await world.sandbox.clearFaults();
    await world.quiet();
    expect(world.faults).toEqual([]);
    for (const number of stage.numbers) await checkOrder(world, number);
  } catch (error) {
    throw new Error(`the day was: ${day.map(({ name }) => name).join(' · ')}`, { cause: error });
  }
}

/** What the days were made of: a model that only ever cancels proves nothing. */
async function figures({ database }: World): Promise<string> {
  const { rows } = await database.pool.query<{ type: string; times: string }>(
    'select type, count(*) as times from order_events group by 1 order by 1',
  );
  return rows.map(({ type, times }) => `${type} ${times}`).join(', ');
}

test('the days held every kind of step that leads somewhere', async () => {
  const said = await figures(world);
  for (const type of ['payment.succeeded', 'payment.failed', 'payment.closed', 'refund.succeeded', 'case.resolved'])
    if (RUNS >= 300) expect(said).toContain(type);
});
