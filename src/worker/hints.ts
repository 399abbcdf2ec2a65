import type { Broker, Hint } from '../broker/rabbit.ts';
import type { Log } from '../log.ts';

/** A process that can't hear the broker says so this often. */
const DEAF_EVERY_MS = 2_000;
/** Who has said so is told by NOTIFY for so long. */
const DEAF_FOR_MS = 3 * DEAF_EVERY_MS;

export interface HintNeeds {
  readonly broker: Pick<Broker, 'fault' | 'hear' | 'isHearing' | 'tell'>;
  readonly onHint: (hint: Hint, ids: readonly string[]) => void;
  /** Asks every process for NOTIFY as well. */
  readonly tellDeaf: () => Promise<void>;
  /** Hints may have been missed: whoever waits should look for itself. */
  readonly wakeAll: () => void;
  readonly log: Log;
}

/** How processes tell each other who has news. A lost hint costs time, never news. */
export interface Hints {
  tell(hint: Hint, ids: readonly string[]): void;
  /** True while somebody would miss what only the broker carries. */
  needsNotify(): boolean;
  /** Another process can't hear the broker. */
  heardDeaf(): void;
  /** Something was committed whose hint may never have left: everybody looks. */
  lookAgain(): void;
  stop(): void;
}

/** Without a broker, PostgreSQL carries every hint, with the commit that it tells of: none is lost. */
export const onlyNotify: Hints = {
  tell: () => {},
  needsNotify: () => true,
  heardDeaf: () => {},
  lookAgain: () => {},
  stop: () => {},
};

/** Hints go over the broker; while this process or another one is cut off from it, by NOTIFY too. */
export function brokerHints({ broker, onHint, tellDeaf, wakeAll, log }: HintNeeds): Hints {
  let someoneIsDeafUntil = Number.NEGATIVE_INFINITY;
  let announced = 0;

  function tick(): void {
    if (broker.isHearing()) return;
    tellDeaf().catch((error) => log.warn({ err: error }, 'the others could not be asked for NOTIFY'));
    announced += 1;
    // The first ones cover what was told before everybody knew.
    if (announced <= 2) wakeAll();
  }

  broker.hear({
    onHint,
    onHearing: () => {
      announced = 0;
      wakeAll();
    },
    onDeaf: tick,
  });
  const timer = setInterval(tick, DEAF_EVERY_MS);
  return {
    tell: (hint, ids) => broker.tell(hint, ids),
    needsNotify: () => broker.fault() !== undefined || performance.now() < someoneIsDeafUntil,
    heardDeaf() {
      someoneIsDeafUntil = performance.now() + DEAF_FOR_MS;
    },
    lookAgain() {
      wakeAll();
      broker.tell('look', ['all']);
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Takes, and has everybody look again after a take whose news may not have been told: its answer was lost behind the commit, or
 * its process died there. So the first take of a process looks for the one before it.
 */
export function tellingTake<Taken>(
  take: (limit: number) => Promise<Taken>,
  lookAgain: () => void,
): (limit: number) => Promise<Taken> {
  let isToldOf = false;
  return async (limit) => {
    const wasToldOf = isToldOf;
    isToldOf = false;
    const taken = await take(limit);
    isToldOf = true;
    if (!wasToldOf) lookAgain();
    return taken;
  };
}
