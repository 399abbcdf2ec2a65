import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from './build-error.ts';

const compiler = 'typescript/bin/tsc';
const codegen = '@graphql-codegen/cli/esm/bin.js';
const bundler = 'vite/bin/vite.js';

export interface Steps {
  /** The project's folder; the steps run in it. */
  readonly root: string;
  /** Where the build goes: the program in it, the pages in its `web`. */
  readonly folder: string;
  /** Ends the steps. */
  readonly signal: AbortSignal;
}

/** Builds the program and the pages. Throws BuildError with the output of the step that failed. */
export async function runSteps(steps: Steps): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([steps.signal, failed.signal]);
  const all = [buildProgram({ ...steps, signal }), buildPages({ ...steps, signal })].map((step) =>
    step.catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  // Both have ended before anything is said: the caller removes the folder that they write into.
  const results = await Promise.allSettled(all);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length > 0) throw reasons.find((reason) => reason instanceof BuildError) ?? reasons[0];
}

async function buildProgram(steps: Steps): Promise<void> {
  await runTool(steps, compiler, ['-p', 'tsconfig.build.json', '--outDir', steps.folder]);
}

async function buildPages(steps: Steps): Promise<void> {
  if (!['index.html', 'pos.html'].some((page) => existsSync(join(steps.root, 'web', page)))) return;
  await runTool(steps, codegen, ['--config', 'codegen.yml']);
  await runTool(steps, bundler, ['build', 'web', '--outDir', join(steps.folder, 'web'), '--emptyOutDir']);
}

async function runTool({ root, signal }: Steps, tool: string, args: readonly string[]): Promise<void> {
  const file = join(root, 'node_modules', tool);
  if (!existsSync(file)) {
    throw new BuildError(`${tool} is not installed; building needs the development packages: npm ci --include=dev`);
  }
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [file, ...args], { cwd: root, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  await once(child, 'exit').finally(() => closed);
  if (child.exitCode !== 0) throw new BuildError(`${tool} failed:\n${output.trim()}`);
}
