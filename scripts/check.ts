// `npm test`: every check there is, the quick ones first, ending at the first that fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError, build } from './build.ts';
import { countTests } from './test-counts.ts';
import { typeOperations } from './type-operations.ts';

const root = join(import.meta.dirname, '..');
const colors = process.stdout.isTTY ? 'force' : 'off';

interface Check {
  readonly title: string;
  /** A tool's script below node_modules, with its arguments. */
  readonly command: readonly [tool: string, ...args: string[]];
}

/** None needs another's result, so they run side by side; two at a time is what a small machine carries. */
const CHECKS: readonly Check[] = [
  { title: 'Types of the gateway', command: ['typescript/bin/tsc', '-p', '.'] },
  {
    title: 'Lint and format',
    command: ['@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', `--colors=${colors}`, '.'],
  },
  { title: 'Types of the pages', command: ['typescript/bin/tsc', '-p', 'web', '--noEmit'] },
  { title: 'Import rules', command: ['dependency-cruiser/bin/dependency-cruiser.mjs', 'src', 'web', 'scripts'] },
  { title: 'Dead code and unused packages', command: ['knip/bin/knip.js', '--no-config-hints'] },
];
const AT_A_TIME = 2;

interface Finished {
  readonly ok: boolean;
  readonly output: string;
}

async function main(): Promise<boolean> {
  return (await buildFirst()) && (await runChecks()) && (await runTests());
}

async function buildFirst(): Promise<boolean> {
  heading('Build');
  try {
    await build();
    await typeOperations({ root, signal: new AbortController().signal });
    return true;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return failed('Build', error.message);
  }
}

async function runChecks(): Promise<boolean> {
  const running: Promise<Finished>[] = [];
  for (const [place, { command }] of CHECKS.entries()) {
    const before = running[place - AT_A_TIME];
    running.push(before === undefined ? run(command) : before.then(({ ok }) => (ok ? run(command) : skipped())));
  }
  for (const [place, { title }] of CHECKS.entries()) {
    heading(title);
    const finished = await running[place];
    if (finished?.ok) continue;
    await Promise.allSettled(running);
    return failed(title, finished?.output ?? '');
  }
  return true;
}

async function runTests(): Promise<boolean> {
  heading('Tests');
  const folder = mkdtempSync(join(tmpdir(), 'kassa-check-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const child = spawn(process.execPath, [tool('vitest/vitest.mjs'), ...args], { cwd: root, stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    const counts = countTests(readFileSync(report, 'utf8'));
    if (code !== 0 && counts.failed === 0) return failed('Tests', `vitest ended with ${code}`);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
    return code === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run([script, ...args]: Check['command']): Promise<Finished> {
  const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) };
  const child = spawn(process.execPath, [tool(script), ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { ok: code === 0, output };
}

async function skipped(): Promise<Finished> {
  return { ok: false, output: 'not run' };
}

function tool(script: string): string {
  return join(root, 'node_modules', script);
}

function heading(title: string): void {
  process.stdout.write(`== ${title}\n`);
}

/** The last line says it for whoever reads only that. */
function failed(title: string, output: string): false {
  process.stdout.write(
    `${output.trim()}\n\n${title} failed, so the tests did not run to their end.\n0 passed, 1 failed\n`,
  );
  return false;
}

process.exitCode = (await main()) ? 0 : 1;
