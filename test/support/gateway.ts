// The built program as a child process, as an operator runs it. Whatever a test file starts ends with the file.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { freshDatabase } from './database.ts';
import { atEndOfFile } from './ends.ts';
import { until } from './until.ts';

export type Env = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of the program. */
export interface Run {
  readonly pid: number;
  readonly env: Env;
  readonly exited: Promise<Exit>;
  hasEnded(): boolean;
  stdout(): string;
  stderr(): string;
  /** Sends a signal to the program alone; answers whether it was still there. */
  signal(name: NodeJS.Signals): boolean;
}

export interface Gateway extends Run {
  readonly url: string;
  readonly wsUrl: string;
  readonly apiKey: string;
  /** Of the built-in sandbox, when there is one. */
  readonly sandboxUrl: string;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<Exit>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<Exit>;
}

const START_WITHIN_MS = 55_000;
const END_WITHIN_MS = 15_000;

/** Starts the gateway on a database of its own unless `DATABASE_URL` says otherwise; '' there embeds one. */
export async function startGateway(env: Env = {}, program?: string): Promise<Gateway> {
  const whole = await complete(env);
  const run = await runProgram(whole, program);
  const url = `http://localhost:${whole.PORT}`;
  await until(
    async () => run.hasEnded() || (run.stdout().includes('┘') && (await isReady(url))),
    (seen) => seen,
    START_WITHIN_MS,
  );
  if (run.hasEnded()) throw new Error(`The gateway ended at its start:\n${run.stderr()}`);
  return {
    ...run,
    url,
    wsUrl: `ws://localhost:${whole.PORT}/graphql`,
    apiKey: whole.API_KEY ?? shownApiKey(run),
    sandboxUrl: `http://127.0.0.1:${whole.SANDBOX_PORT}`,
    stop: () => endWith(run, 'SIGTERM'),
    kill: () => endWith(run, 'SIGKILL'),
  };
}

/** Runs the program with exactly this environment; it may well refuse to start. */
export async function runProgram(env: Env, elsewhere?: string): Promise<Run> {
  const program = elsewhere ?? join(await build(), 'main.js');
  // As scripts/run.ts does: a second start need not compile what the first one has.
  const compiled = { NODE_COMPILE_CACHE: join(program, '..', '.compiled') };
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, ...compiled, ...env },
    stdio: 'pipe',
  });
  let ended = false;
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the program could not be run');
  const stdout = collected(child.stdout);
  const stderr = collected(child.stderr);
  const run: Run = { pid, env, exited, hasEnded: () => ended, stdout, stderr, signal: (name) => child.kill(name) };
  atEndOfFile(() => endWith(run, 'SIGTERM'));
  return run;
}

/** What an environment needs to run beside others on this machine: ports, a folder and a database of its own. */
export async function complete(env: Env): Promise<Env> {
  const [port, sandboxPort] = await Promise.all([freePort(), freePort()]);
  const database = env.DATABASE_URL === undefined ? await ownDatabase() : env.DATABASE_URL;
  const dataDir = env.DATA_DIR ?? (await newDataDir());
  const apiKey: Env = database === '' ? {} : { API_KEY: newApiKey() };
  const base = { HOST: 'localhost', PORT: String(port), SANDBOX_PORT: String(sandboxPort), DATA_DIR: dataDir };
  return { ...base, ...apiKey, ...env, ...(database === '' ? {} : { DATABASE_URL: database }) };
}

export function newApiKey(): string {
  return `test_${randomBytes(24).toString('hex')}`;
}

/** A folder that PostgreSQL's own user may pass, gone with the test file. */
export async function newDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kassa-journey-'));
  await chmod(folder, 0o755);
  atEndOfFile(async () => {
    endLeftPostgres(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return folder;
}

/** The process id of the embedded PostgreSQL that lives on a folder. */
export function postgresPid(dataDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    // Below those that systems hand out: between our looking and the gateway's listening nobody is given it.
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, 'localhost', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** A database of the test file's own. */
export async function ownDatabase(): Promise<string> {
  const { url, drop } = await freshDatabase();
  atEndOfFile(drop);
  return url;
}

function endLeftPostgres(dataDir: string): void {
  const pid = postgresPid(dataDir);
  // SIGQUIT is PostgreSQL's immediate shutdown, its children included.
  if (pid !== undefined) process.kill(pid, 'SIGQUIT');
}

async function endWith(run: Run, signal: NodeJS.Signals): Promise<Exit> {
  run.signal(signal);
  const timer = setTimeout(() => run.signal('SIGKILL'), END_WITHIN_MS);
  const exit = await run.exited;
  clearTimeout(timer);
  return exit;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function shownApiKey(run: Run): string {
  const key = /API key +(\S+)/.exec(run.stdout())?.[1];
  if (key === undefined) throw new Error(`no API key is shown:\n${run.stdout()}`);
  return key;
}

function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
