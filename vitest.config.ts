import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest begin first, or all wait for them in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => /\/test\/(faults|model|bench\/match)/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// Decorator metadata as tsc emits it, for type-graphql; one copy of graphql, or its realm checks fail.
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Files share a worker's modules: loading them anew for each file was half of what a run cost.
    isolate: false,
    setupFiles: ['test/support/each-file.ts'],
    // Most of them wait for a database or a process: three at a time keep a small machine busy.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // For what hangs: on a slow and busy machine a start of PostgreSQL alone takes ten seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
