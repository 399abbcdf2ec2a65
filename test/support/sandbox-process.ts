// The sandbox as a program of its own, for gateways that share an Alipay.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { atEndOfFile } from './ends.ts';
import { type Env, freePort, newDataDir } from './gateway.ts';
import { until } from './until.ts';

interface SandboxApp {
  readonly appId: string;
  readonly sellerId: string;
  readonly gateway: string;
  readonly appPrivateKey: string;
  readonly alipayPublicKey: string;
}

export interface SharedSandbox {
  readonly sandboxUrl: string;
  /** What makes it the Alipay of a gateway. */
  readonly env: Env;
}

/** Ends with the test file. */
export async function startSharedSandbox(): Promise<SharedSandbox> {
  const program = join(await build(), 'sandbox', 'main.js');
  const port = await freePort();
  const env = { PATH: process.env.PATH, DATA_DIR: await newDataDir(), SANDBOX_PORT: String(port) };
  const child = spawn(process.execPath, [program], { env, stdio: 'ignore' });
  atEndOfFile(() => end(child));
  const sandboxUrl = `http://127.0.0.1:${port}`;
  const app = await until(
    () => appOf(sandboxUrl),
    (found) => found !== undefined,
    15_000,
  );
  if (app === undefined) throw new Error('the sandbox says nothing of its app');
  return {
    sandboxUrl,
    env: {
      ALI_APP_ID: app.appId,
      ALI_PRIVATE_KEY: app.appPrivateKey,
      ALI_PUBLIC_KEY: app.alipayPublicKey,
      ALI_GATEWAY: app.gateway,
      ALI_SELLER_ID: app.sellerId,
    },
  };
}

async function appOf(url: string): Promise<SandboxApp | undefined> {
  try {
    return JSON.parse(await (await fetch(`${url}/_sandbox/app`)).text());
  } catch {
    return undefined;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
