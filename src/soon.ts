import { setTimeout as delay } from 'node:timers/promises';

const SOON_MS = 20_000;

/**
 * A step of the start that takes no time beside a database that answers. One that hangs ends the start and says where, so
 * that whoever supervises the process can try again.
 * @throws when it is not done within twenty seconds, or as it throws
 */
export async function soon<Value>(step: string, work: Promise<Value>, withinMs = SOON_MS): Promise<Value> {
  const done = new AbortController();
  const late = delay(withinMs, undefined, { signal: done.signal }).then(() => {
    throw new Error(`the start hangs: ${step} was not done within ${withinMs / 1_000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
