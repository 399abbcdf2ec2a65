import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from './build-error.ts';

export interface Place {
  /** The project's folder; the tool runs in it. */
  readonly root: string;
  /** Ends the tool. */
  readonly signal: AbortSignal;
}

/** Runs a tool's script below node_modules to its end. Throws BuildError with its output when it fails. */
export async function runTool({ root, signal }: Place, tool: string, args: readonly string[]): Promise<void> {
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
