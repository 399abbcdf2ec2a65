// `npm run chaos -- --episodes N --seed S`: a long run of the fault harness. `--mutants`: every guard taken out once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    episodes: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    mutants: { type: 'boolean', default: false },
  },
});
for (const text of [values.episodes, values.seed ?? '0'])
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${JSON.stringify(text)} is not a number`);

const env = {
  ...process.env,
  CHAOS_EPISODES: values.episodes,
  ...(values.seed !== undefined && { CHAOS_SEED: values.seed }),
  ...(values.mutants && { CHAOS_MUTANTS: '1' }),
};
const tests = values.mutants ? 'test/faults/mutants.test.ts' : 'test/faults/episodes.test.ts';
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', tests], { cwd: root, env, stdio: 'inherit' });
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
