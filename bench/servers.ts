// The servers under load and the Alipay that they call, each a process of its own with the same keys.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ends } from './arena.ts';
import type { Keys } from './keys.ts';

export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ProgramWish {
  readonly name: string;
  /** What node runs: its own options, then the program. */
  readonly nodeArgs: readonly string[];
  readonly keys: Keys;
  /** Beside what every program is told. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where its log goes. */
  readonly folder: string;
  readonly ends: Ends;
}

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 10_000;

/** @throws Error with the end of its log when it does not become ready within two minutes */
export async function startProgram(wish: ProgramWish): Promise<Server> {
  const port = await freePort();
  const logFile = join(wish.folder, `${wish.name}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, wish.nodeArgs, {
    cwd: wish.folder,
    env: environment(wish, port),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  wish.ends.push(() => stop(child));
  await ready(child, port).catch((error: Error) => {
    const said = readFileSync(logFile, 'utf8').slice(-2_000);
    throw new Error(`${wish.name} ${error.message}\n${said}`);
  });
  return { port, pid: child.pid ?? 0, stop: () => stop(child) };
}

/** Everything as shipped but the rate limiter, which would answer for the gateway. */
function environment({ keys, settings }: ProgramWish, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ALI_APP_ID: keys.appId,
    ALI_SELLER_ID: keys.sellerId,
    ALI_PRIVATE_KEY: keys.appPrivateKey,
    ALI_PUBLIC_KEY: keys.alipayPublicKey,
    API_KEY: keys.apiKey,
    SECRET_KEY: keys.apiKey,
    RATE_LIMIT: '0',
    ...settings,
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`ended with code ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await delay(10);
  }
  throw new Error(`was not ready within ${READY_WITHIN_MS} ms`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(killer);
}
