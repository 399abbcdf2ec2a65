import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Account } from './embedded-account.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';

const outputLimitChars = 8_192;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whom the command runs as; null is ourselves. */
  readonly account: Account | null;
  readonly timeoutMs: number;
}

/** Runs one of PostgreSQL's programs to its end; a code other than 0 is an answer, not an error. `output` is what it said last. */
export async function run(command: Command): Promise<{ readonly code: number | null; readonly output: string }> {
  // A process group of its own: Ctrl-C at the terminal must not cut short the pg_ctl that starts or stops the database.
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    detached: true,
    windowsHide: true,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: command.timeoutMs,
    ...(command.account && { uid: command.account.uid, gid: command.account.gid }),
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] = (said[name] + chunk).slice(-outputLimitChars);
    });
  }
  await once(child, 'close').catch((error: Error) => {
    const whom = command.account ? ` as ${command.account.name}` : '';
    throw new EmbeddedPostgresError(`PostgreSQL's ${command.file} cannot be run${whom}: ${error.message}`);
  });
  return { code: child.exitCode, output: (said.stderr || said.stdout).trim() };
}

// Nothing else is passed on: PG* variables would change what the programs do, and the server's environment can be read
// by its account, which must not see our keys. English messages, because some are recognised.
function environment(): Record<string, string> {
  const passed = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'];
  const kept = passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}
