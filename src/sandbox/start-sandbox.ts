import { existsSync, mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AppSettings, appSettings, loadIdentity } from './app-identity.ts';
import { applyEntry, emptyBooks } from './books.ts';
import { type Clock, systemClock } from './clock.ts';
import { watchExpiry } from './expiry.ts';
import { FolderTaken, lockFolder } from './folder-lock.ts';
import { openLedger } from './ledger.ts';
import { movableClock } from './movable-clock.ts';
import { startNotifier } from './notifier.ts';
import { otherApps } from './other-apps.ts';
import type { Sandbox } from './sandbox.ts';
import { buildServer } from './server.ts';
import { defaultSettings } from './settings.ts';

const LOOK_AGAIN_MS = 25;

export type SandboxOptions = {
  /** Keys and ledger live in its subfolder `sandbox`. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
  /** Default: this machine only. */
  readonly host?: string;
  /** Where phones reach the wallet page; default `http://127.0.0.1:PORT`. */
  readonly publicUrl?: string | null;
  /** How many times faster than real time resendings come; default 1. */
  readonly timeScale?: number;
  /** How long to wait for another sandbox to leave the folder; default not at all. */
  readonly waitForFolderMs?: number;
  readonly clock?: Clock;
  /** Hears how far the clock is ahead, at each stop on its way; it goes on when that is done. */
  readonly onClock?: (aheadMs: number) => Promise<void>;
};

export type RunningSandbox = {
  readonly port: number;
  /** e.g. `http://127.0.0.1:4001`, as this machine reaches it. */
  readonly url: string;
  readonly gateway: string;
  readonly publicUrl: string;
  readonly appId: string;
  /** What an SDK needs to be this app. */
  readonly app: AppSettings;
  /** Ends connections and timers; what is owed stays in the ledger. Calling it twice is harmless. */
  stop(): Promise<void>;
};

/**
 * Starts a whole Alipay: gateway, wallet, notifications, control API.
 * Throws FolderTaken, LedgerUnreadable, or what the system says (EADDRINUSE, EACCES…).
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const folder = join(options.dataDir, 'sandbox');
  makeFolder(folder, 0o700);
  const unlock = await lockWhenFree(join(folder, 'lock'), options.waitForFolderMs ?? 0);
  try {
    return await open(options, folder, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

// Node's own recursive mkdir tries for ever where the system lets nobody make a folder (/proc/x).
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), 0o711);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // The gateway makes DATA_DIR at the same moment.
    if (!existsSync(folder)) throw error;
  }
}

async function lockWhenFree(path: string, waitMs: number): Promise<() => void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return lockFolder(path);
    } catch (error) {
      if (!(error instanceof FolderTaken) || Date.now() >= deadline) throw error;
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

async function open(options: SandboxOptions, folder: string, unlock: () => void): Promise<RunningSandbox> {
  const { host = '127.0.0.1' } = options;
  const at = { port: options.port };
  const url = () => `http://${reachableName(host)}:${at.port}`;
  const books = emptyBooks();
  const app = await loadIdentity(join(folder, 'app.json'));
  const ledger = openLedger(join(folder, 'ledger.jsonl'), (entry) => applyEntry(books, entry));
  const clock = movableClock(options.clock ?? systemClock, books.clockOffsetMs);
  const sandbox: Sandbox = {
    clock,
    books,
    app,
    ledger,
    settings: defaultSettings(options.timeScale ?? 1),
    faults: [],
    listeners: [],
    publicUrl: () => options.publicUrl ?? url(),
  };
  const notifier = startNotifier(sandbox);
  const stopExpiry = watchExpiry(sandbox);
  const { onClock = async () => {} } = options;
  const gatewayUrl = () => `${url()}/gateway.do`;
  const others = otherApps(join(folder, 'apps'), (more) =>
    startSandbox({ ...options, ...more, clock, publicUrl: null }),
  );
  const addApp = () => others.add();
  const server = buildServer({ sandbox, clock, onClock, notifier, host, gatewayUrl, addApp });
  let stopped: Promise<void> | null = null;
  const stop = async () => {
    await others.stop();
    notifier.stop();
    stopExpiry();
    await server.close();
    sandbox.ledger.close();
    unlock();
  };
  try {
    await server.listen({ host, port: options.port });
  } catch (error) {
    await stop();
    throw error;
  }
  await others.startKnown().catch(async (error) => {
    await stop();
    throw error;
  });
  if (clock.offsetMs() > 0) await onClock(clock.offsetMs());
  const address = server.server.address();
  if (address !== null && typeof address === 'object') at.port = address.port;
  return {
    port: at.port,
    url: url(),
    gateway: gatewayUrl(),
    publicUrl: sandbox.publicUrl(),
    appId: app.appId,
    app: appSettings(app, gatewayUrl()),
    stop: () => (stopped ??= stop()),
  };
}

function reachableName(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '127.0.0.1') return '127.0.0.1';
  return isIP(host) === 6 ? `[${host}]` : host;
}
