// The bench itself, as small as it can be: two contenders, every workload, every answer and both books checked.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kassa-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = join(import.meta.dirname, '../../bench/main.ts');

test('no ratio of the gateway to the limit or to the tutorial build is under its floor', {
  timeout: 260_000,
  retry: 1,
}, async () => {
  // Of ratios each within its round, on whatever else the machine does; the floors leave room for that, and what is really slow is so twice.
  const size = ['--rounds', '3', '--seconds', '0.5', '--warm-up', '0.8'];
  const json = join(folder, 'check.json');
  await promisify(execFile)(process.execPath, [main, '--check', ...size, '--json', json], { timeout: 240_000 }).catch(
    (error) => error,
  );
  const { match, failures } = JSON.parse(readFileSync(json, 'utf8'));
  expect(failures).toEqual([]);
  expect(match.map(({ workload }: { workload: string }) => workload)).toEqual([
    'createOrder',
    'sell',
    'notification',
    'order',
  ]);
});

test('the limit and the tutorial build answer every workload rightly, and their books agree', async () => {
  const json = join(folder, 'report.json');
  const size = ['--rounds', '1', '--seconds', '0.2', '--warm-up', '0.2', '--connections', '4'];
  const screens = ['--sockets', '20', '--notices', '10'];
  const args = [
    main,
    'match',
    'sockets',
    'start',
    '--contenders',
    'limit,tutorial',
    ...size,
    ...screens,
    '--json',
    json,
  ];
  // Told to end, it takes its servers with it.
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 150_000 }).catch((error) => error);
  expect(stdout).toContain('every answer and the books are right');
  const { match, sockets, start, failures } = JSON.parse(readFileSync(json, 'utf8'));
  expect(failures).toEqual([]);
  expect(match.map(({ workload }: { workload: string }) => workload)).toHaveLength(9);
  expect(sockets.map(({ contender }: { contender: string }) => contender)).toEqual(['limit', 'tutorial']);
  expect(start.map(({ who }: { who: string }) => who)).toEqual(['node', 'limit', 'tutorial']);
}, 180_000);
