// Each guard taken out once: the checker must see it, or the episodes prove nothing.
import { beforeAll, expect, test } from 'vitest';
import { rabbitUrl } from '../support/rabbit.ts';
import { play } from './episode.ts';
import { type Ground, layGround } from './ground.ts';
import { mutantProgram } from './mutant-program.ts';
import { type Mutant, mutants } from './mutants.ts';
import { openSite } from './site.ts';

const wanted = mutants
  .filter(({ quick }) => quick || process.env.CHAOS_MUTANTS !== undefined)
  .filter(({ broker }) => broker !== true || rabbitUrl !== undefined);
let ground: Ground;

beforeAll(async () => {
  ground = await layGround();
  return () => ground.stop();
}, 180_000);

test.each(wanted.map((mutant) => [mutant.guard, mutant] as const))(
  'without %s',
  async (_, mutant) => {
    const said = await broken(mutant);
    expect(said.join('\n')).toMatch(mutant.says);
  },
  180_000,
);

test('with all of them the same days are quiet', async () => {
  const site = await openSite(ground, { skewsMs: [0, 0] });
  try {
    for (const { day, guard } of wanted) expect([guard, await play(site, day)]).toEqual([guard, []]);
  } finally {
    await site.close();
  }
}, 180_000);

async function broken({ patches, sql, gateways, broker, day }: Mutant): Promise<readonly string[]> {
  const program = mutantProgram(ground.program, patches);
  try {
    const site = await openSite(ground, {
      program: program.folder,
      skewsMs: gateways === 1 ? [0] : [0, 0],
      ...(sql !== undefined && { sql }),
      ...(broker && rabbitUrl !== undefined && { amqpUrl: rabbitUrl }),
    });
    try {
      return await play(site, day);
    } finally {
      await site.close();
    }
  } finally {
    program.remove();
  }
}
