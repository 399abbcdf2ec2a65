// Values that come from files may change while the gateway runs: Vault Agent, Kubernetes and Docker put others in their place.
import { type Config, ConfigError } from './config.ts';
import type { Log } from './log.ts';

/** Mounted files tell nobody that they change: they are looked at. */
const LOOK_EVERY_MS = 2_000;
/** A file may still be on its way when it is seen: what is read twice, so far apart, is whole. */
const SETTLE_MS = 250;

/** One thing that can be exchanged while the gateway runs. */
export interface Change {
  /** The variables that it stands in, for the log. */
  readonly settings: string;
  readonly of: (config: Config) => unknown;
  /**
   * Goes over to the new value. @throws when it can't: the old one goes on, and it is tried again. Undefined: only the next start
   * can, which the log then says.
   */
  readonly take?: (config: Config) => Promise<void>;
}

export interface ConfigWatch {
  /** Looks now instead of soon. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConfigWatchNeeds {
  readonly config: Config;
  /** Reads all of it again. @throws ConfigError */
  readonly read: () => Config;
  readonly changes: readonly Change[];
  readonly log: Log;
}

/** Takes over what has changed. A value that is wrong, or can't be taken, is named in the log once and nothing else happens. */
export function watchConfig({ config, read, changes, log }: ConfigWatchNeeds): ConfigWatch {
  const taken = new Map(changes.map((change) => [change, textOf(change, config)]));
  const told = new Set<string>();
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;

  const tellOnce = (key: string, tell: () => void) => {
    if (!told.has(key)) tell();
    told.add(key);
  };

  async function take(change: Change, next: Config): Promise<void> {
    const text = textOf(change, next);
    if (text === taken.get(change)) return;
    const { settings } = change;
    if (change.take === undefined)
      return tellOnce(text, () => log.warn({ settings }, 'a new value goes from the next start on'));
    try {
      await change.take(next);
      taken.set(change, text);
      told.clear();
      log.info({ settings }, 'a new value goes from now on');
    } catch (error) {
      tellOnce(text, () => log.error({ err: error, settings }, 'a new value was refused: the old one goes on'));
    }
  }

  async function lookOnce(): Promise<void> {
    const first = attempt(read);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const second = attempt(read);
    if (stopped || JSON.stringify(first) !== JSON.stringify(second)) return;
    if (typeof second === 'string')
      return tellOnce(second, () =>
        log.error({ reason: second }, 'the configuration is wrong now: the old one goes on'),
      );
    for (const change of changes) await take(change, second);
  }

  const look = () => {
    looking = looking.then(lookOnce);
    return looking;
  };
  let isDue = true;
  const timer = setInterval(() => {
    if (!isDue) return;
    isDue = false;
    void look().finally(() => {
      isDue = true;
    });
  }, LOOK_EVERY_MS);
  return {
    look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}

function textOf({ of }: Change, config: Config): string {
  return JSON.stringify(of(config)) ?? '';
}

/** What is wrong, in words that hold no secret. */
function attempt(read: () => Config): Config | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
