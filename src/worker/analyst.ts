import type { Log } from '../log.ts';

/** Autovacuum comes by once a minute at best, which on a first busy day is too late. */
const EVERY_MS = 5_000;

export interface Analyst {
  stop(): Promise<void>;
}

/** Keeps the database's statistics no further behind than its tables grow. Any number may run on one database. */
export function startAnalyst(analyze: () => Promise<unknown>, log: Log): Analyst {
  let analyzing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    analyzing = analyzing
      .then(analyze)
      .catch((error) => log.warn({ err: error }, 'statistics are brought up to date later'));
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await analyzing;
    },
  };
}
