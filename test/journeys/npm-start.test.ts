// `npm start` as an operator's supervisor runs it: npm must hand its signals and exit codes through.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { complete, postgresPid } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '..', '..');

async function npmStart(env: Record<string, string>) {
  await build();
  const { PATH, HOME } = process.env;
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { child, exited: once(child, 'exit'), output: () => output };
}

test('SIGTERM to npm ends the gateway and its database, with exit code 0', async () => {
  const env = await complete({ DATABASE_URL: '' });
  const { child, exited, output } = await npmStart({ ...env });
  await until(output, (text) => text.includes('┘'), 60_000);
  expect(postgresPid(env.DATA_DIR ?? '')).toBeDefined();
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(postgresPid(env.DATA_DIR ?? '')).toBeUndefined();
}, 90_000);

test('exit code 78 passes through', async () => {
  const { exited } = await npmStart({ ...(await complete({ DATABASE_URL: '' })), PORT: 'x' });
  expect(await exited).toEqual([78, null]);
});
