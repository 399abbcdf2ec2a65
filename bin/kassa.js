#!/usr/bin/env node
// `npx kassa`: runs the command line under the Node that the project pins, whichever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(realpathSync(fileURLToPath(import.meta.url))), '..');
const pinned = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (existsSync(pinned)) {
  const args = [join(root, 'scripts', 'kassa.ts'), ...process.argv.slice(2)];
  const child = spawn(pinned, args, { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches both; whoever sends a signal to this process alone means the command.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  process.stderr.write('Kassa is not installed yet: run npm ci in its folder first.\n');
  process.exitCode = 1;
}
