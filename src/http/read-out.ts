import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';

const PATIENCE_MS = 2_000;

/**
 * Reads what is left of a body and throws it away. Who is cut off while still sending never hears why it was refused;
 * who goes on sending for longer than 2 s is cut off all the same.
 */
export async function readOut({ raw }: FastifyRequest): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  raw.resume();
  const enough = new AbortController();
  const { signal } = enough;
  const over = [
    once(raw, 'close', { signal }),
    once(raw, 'end', { signal }),
    pause(PATIENCE_MS, undefined, { signal }),
  ];
  await Promise.race(over).catch(() => undefined);
  enough.abort();
}
