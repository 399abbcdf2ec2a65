// The Alipay in a box as a child process, for a gateway that was given no Alipay account.
import { setTimeout } from 'node:timers/promises';
import { ChildSandbox } from './child-sandbox.ts';

export interface BuiltInSandboxOptions {
  /** The sandbox's main program. */
  readonly program: string | URL;
  /** 0: any free one. */
  readonly port: number;
  readonly dataDir: string;
  readonly log?: (message: string) => void;
  /** Hears how far the sandbox's test clock is ahead; the sandbox waits until it is done. */
  readonly onClock?: (aheadMs: number) => Promise<void>;
}

/** What an Alipay SDK needs: play money, so these keys are no secret. */
export interface SandboxSettings {
  readonly appId: string;
  readonly sellerId: string;
  readonly gateway: string;
  readonly appPrivateKey: string;
  readonly alipayPublicKey: string;
}

export interface BuiltInSandbox {
  readonly settings: SandboxSettings;
  readonly url: string;
  stop(): Promise<void>;
}

const MAX_APP_BYTES = 65_536;
const APP_TIMEOUT_MS = 5_000;
const FIRST_GAP_MS = 250;
const MAX_GAP_MS = 30_000;
/** Having lived so long, its next death starts again at the first gap. */
const STEADY_MS = 60_000;

/**
 * Starts the sandbox and keeps it alive: should it die, it is started again on the same port, after gaps
 * that grow to 30 s.
 * @throws SandboxStartError when it does not come up within 10 s
 */
export async function startBuiltInSandbox(options: BuiltInSandboxOptions): Promise<BuiltInSandbox> {
  const log = options.log ?? (() => {});
  let child = await ChildSandbox.start(options);
  const { port } = child;
  const url = `http://127.0.0.1:${port}`;
  const ended = new AbortController();
  const kept = keepAlive();
  const stop = async () => {
    ended.abort();
    await child.stop();
    await kept;
  };
  try {
    return { settings: await fetchSettings(url), url, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  async function keepAlive(): Promise<void> {
    let gapMs = FIRST_GAP_MS;
    for (;;) {
      const startedAt = performance.now();
      const end = await child.ended;
      if (ended.signal.aborted) return;
      if (performance.now() - startedAt > STEADY_MS) gapMs = FIRST_GAP_MS;
      log(`the Alipay sandbox ended (${end}); starting it again in ${gapMs} ms`);
      await setTimeout(gapMs, undefined, { signal: ended.signal }).catch(() => {});
      gapMs = Math.min(gapMs * 2, MAX_GAP_MS);
      await restart();
    }
  }

  async function restart(): Promise<void> {
    if (ended.signal.aborted) return;
    try {
      child = await ChildSandbox.start({ ...options, port });
      if (ended.signal.aborted) await child.stop();
    } catch (error) {
      log(error instanceof Error ? error.message : 'the Alipay sandbox did not start');
    }
  }
}

async function fetchSettings(url: string): Promise<SandboxSettings> {
  const response = await fetch(`${url}/_sandbox/app`, {
    signal: AbortSignal.timeout(APP_TIMEOUT_MS),
    redirect: 'error',
  });
  const text = await response.text();
  if (!response.ok || text.length > MAX_APP_BYTES)
    throw new Error(`the Alipay sandbox answered HTTP ${response.status}`);
  const app: unknown = JSON.parse(text);
  return {
    appId: textIn(app, 'appId'),
    sellerId: textIn(app, 'sellerId'),
    gateway: textIn(app, 'gateway'),
    appPrivateKey: textIn(app, 'appPrivateKey'),
    alipayPublicKey: textIn(app, 'alipayPublicKey'),
  };
}

function textIn(value: unknown, name: string): string {
  const field =
    typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name) : undefined;
  if (typeof field?.[1] !== 'string') throw new Error(`the Alipay sandbox named no ${name}`);
  return field[1];
}
