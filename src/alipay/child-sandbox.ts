import { type ChildProcess, fork } from 'node:child_process';

export interface ChildSandboxOptions {
  readonly program: string | URL;
  readonly port: number;
  readonly dataDir: string;
  readonly onClock?: (aheadMs: number) => Promise<void>;
}

/** The sandbox did not come up. */
export class SandboxStartError extends Error {
  /** The child's own exit code: 78 for a wrong setting. Null when it was ended by a signal or by us. */
  readonly exitCode: number | null;

  constructor(problem: string, exitCode: number | null) {
    super(`the Alipay sandbox did not start: ${problem}`);
    this.name = 'SandboxStartError';
    this.exitCode = exitCode;
  }
}

const START_TIMEOUT_MS = 25_000;
const STOP_TIMEOUT_MS = 2_000;
const MAX_STDERR = 4_096;
/** Nothing else of our environment is the sandbox's business: ours holds secrets. */
const PASSED_ON = ['PATH', 'HOME', 'TZ'];

/** One run of the sandbox's program. */
export class ChildSandbox {
  readonly port: number;
  /** Settles when the process is gone, with how it ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, ended: Promise<string>) {
    this.#child = child;
    this.port = port;
    this.ended = ended;
  }

  /** @throws SandboxStartError */
  static async start({ program, port, dataDir, onClock }: ChildSandboxOptions): Promise<ChildSandbox> {
    const child = fork(program, {
      // In a process group of its own: Ctrl-C is the gateway's to hear, the sandbox ends when we say so.
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...passedOn(), SANDBOX_PORT: String(port), DATA_DIR: dataDir },
    });
    const lastWords = keepLastWords(child);
    if (onClock !== undefined) followClock(child, onClock);
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once('error', (error) => resolve(error.message));
    });
    try {
      return new ChildSandbox(child, await readyPort(child, lastWords), ended);
    } catch (error) {
      await end(child, ended);
      throw error;
    }
  }

  /** Asks it to end, waits 2 s, ends it. */
  stop(): Promise<void> {
    return end(this.#child, this.ended);
  }
}

function passedOn(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.includes(name)));
}

/** `{ kind: 'clock', aheadMs }`, at its start and whenever it is moved; answered `{ kind: 'clock_followed', aheadMs }`. */
function followClock(child: ChildProcess, onClock: (aheadMs: number) => Promise<void>): void {
  child.on('message', (message) => {
    const aheadMs = numberIn(message, { kind: 'clock', name: 'aheadMs' });
    if (aheadMs === undefined) return;
    const answer = () => child.connected && child.send({ kind: 'clock_followed', aheadMs });
    onClock(aheadMs).then(answer, answer);
  });
}

/** Reads stderr so that it never blocks, and answers its last line. */
function keepLastWords(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-MAX_STDERR);
  });
  return () => tail.trimEnd().split('\n').at(-1) ?? '';
}

function readyPort(child: ChildProcess, lastWords: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string, code: number | null) => reject(new SandboxStartError(problem, code));
    const timer = setTimeout(() => fail(`not ready within ${START_TIMEOUT_MS} ms`, null), START_TIMEOUT_MS);
    child.on('message', (message) => {
      const port = numberIn(message, { kind: 'ready', name: 'port' });
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    });
    child.once('error', (error) => fail(error.message, null));
    // `close`, not `exit`: by then all of stderr has been read.
    child.once('close', (code, signal) => fail(lastWords() || `ended by ${signal ?? `exit code ${code}`}`, code));
    child.once('close', () => clearTimeout(timer));
  });
}

function numberIn(message: unknown, { kind, name }: { kind: string; name: string }): number | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message) || message.kind !== kind)
    return undefined;
  const value = Object.entries(message).find(([key]) => key === name)?.[1];
  return typeof value === 'number' ? value : undefined;
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
