import { beforeAll, test } from 'vitest';
import { failpointNames } from '../../src/failpoints.ts';
import { play } from './episode.ts';
import { layGround } from './ground.ts';
import { planEpisode } from './plan.ts';
import { openSite, type Site } from './site.ts';

const EPISODES = Number(process.env.CHAOS_EPISODES ?? 100);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() & 0x7fffffff);
let site: Site;
beforeAll(async () => {
  const ground = await layGround();
  site = await openSite(ground).catch(async (error) => {
    await ground.stop();
    throw error;
  });
  return async () => {
    await site.close();
    await ground.stop();
  };
}, 180_000);
test(`episodes ${SEED}`, async () => {
  for (let n = 0; n < EPISODES; n += 1) {
    const kill = n % 3 === 0 ? failpointNames[(n / 3) % failpointNames.length] : undefined;
    const at = performance.now();
    const episode = planEpisode(SEED + n, kill === undefined ? {} : { kill });
    let said: readonly string[];
    try {
      said = await play(site, episode);
    } catch (error) {
      said = [String(error instanceof Error ? error.stack : error)];
    }
    process.stdout.write(
      `${n} ${SEED + n} ${kill} ${episode.faults.map(({ what }) => JSON.stringify(what)).join(' ')} ${Math.round(performance.now() - at)} ms ${said.length}\n`,
    );
    if (said.length > 0) {
      process.stdout.write(`${said.map((one) => one.slice(0, 3000)).join('\n')}\n${JSON.stringify(episode)}\n`);
      for (const { gateway } of site.places) process.stdout.write(`${gateway.log().slice(-2000)}\n`);
      if (process.env.CHAOS_GO_ON === undefined) break;
    }
  }
  process.stdout.write(`${JSON.stringify(site.places.map(({ gateway }) => gateway.recoveriesMs.map(Math.round)))}\n`);
  process.stdout.write(
    `${JSON.stringify(site.places.map(({ gateway }) => gateway.struck.map(({ failpoint, act }) => `${failpoint}:${act}`)))}\n`,
  );
}, 3_600_000);
