import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppSettings } from './app-identity.ts';
import type { RunningSandbox } from './start-sandbox.ts';

/** Apps besides the first. */
export const MOST_OTHERS = 20;

export type OtherApps = {
  /** Makes one and starts it; null when there are {@link MOST_OTHERS}. */
  add(): Promise<AppSettings | null>;
  /** Starts those that an earlier run made, each where it was. */
  startKnown(): Promise<void>;
  stop(): Promise<void>;
};

type Start = (more: { readonly dataDir: string; readonly port: number }) => Promise<RunningSandbox>;

/**
 * Other apps of other sellers at the same Alipay: each is a whole sandbox on a port of its own, with keys, books, wallet
 * and control API of its own. They share the clock of the first.
 */
export function otherApps(folder: string, start: Start): OtherApps {
  const running: RunningSandbox[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  async function begin(name: string): Promise<RunningSandbox> {
    const dataDir = join(folder, name);
    const portFile = join(dataDir, 'port');
    const port = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0;
    const one = await start({ dataDir, port });
    running.push(one);
    writeFileSync(portFile, `${one.port}\n`);
    return one;
  }

  return {
    add() {
      const mine = turn.then(async () =>
        running.length < MOST_OTHERS ? (await begin(String(running.length + 1))).app : null,
      );
      turn = mine.catch(() => {});
      return mine;
    },
    async startKnown() {
      const names = existsSync(folder) ? readdirSync(folder) : [];
      for (const name of names.sort()) await begin(name);
    },
    async stop() {
      await turn;
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}
