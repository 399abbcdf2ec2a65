import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from './build-error.ts';
import { runTool } from './run-tool.ts';
import { typeOperations } from './type-operations.ts';

const bundler = 'rolldown/bin/cli.mjs';
const pageBundler = 'vite/bin/vite.js';

export interface Steps {
  /** The project's folder; the steps run in it. */
  readonly root: string;
  /** Where the build goes: the program in it, the pages in its `web`, their operations in its `operations.json`. */
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
  await runTool(steps, bundler, ['--config', 'rolldown.config.ts', '--dir', steps.folder]);
}

async function buildPages(steps: Steps): Promise<void> {
  if (!['index.html', 'pos.html'].some((page) => existsSync(join(steps.root, 'web', page)))) return;
  await typeOperations(steps);
  const manifest = join(steps.root, 'web', 'gql', 'persisted-documents.json');
  if (existsSync(manifest)) copyFileSync(manifest, join(steps.folder, 'operations.json'));
  await runTool(steps, pageBundler, ['build', 'web', '--outDir', join(steps.folder, 'web'), '--emptyOutDir']);
}
