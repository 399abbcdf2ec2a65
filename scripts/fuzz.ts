// `npm run fuzz -- --notifications 1000000`, `npm run fuzz -- --documents 100000`, with `--seed S` for one that was before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    notifications: { type: 'string' },
    documents: { type: 'string' },
    seed: { type: 'string' },
  },
});
for (const text of Object.values(values))
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${JSON.stringify(text)} is not a number`);

const { notifications, documents, seed } = values;
if (notifications === undefined && documents === undefined)
  throw new Error('Say how many: --notifications 1000000, --documents 100000, or both.');

const env = {
  ...process.env,
  ...(notifications !== undefined && { FUZZ_NOTIFICATIONS: notifications }),
  ...(documents !== undefined && { FUZZ_DOCUMENTS: documents }),
  ...(seed !== undefined && { FUZZ_SEED: seed }),
};
const tests = [
  ...(notifications === undefined ? [] : ['test/fuzz/notifications.test.ts']),
  ...(documents === undefined ? [] : ['test/fuzz/documents.test.ts']),
];
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', '--no-file-parallelism', ...tests], {
  cwd: root,
  env,
  stdio: 'inherit',
});
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
