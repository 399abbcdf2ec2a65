import { setTimeout as pause } from 'node:timers/promises';

/** Looks again until what it sees is so. Throws after `withinMs`, with what it saw last. */
export async function until<Seen>(
  look: () => Seen | Promise<Seen>,
  isSo: (seen: Seen) => boolean,
  withinMs = 5_000,
): Promise<Seen> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`Not so within ${withinMs} ms: ${JSON.stringify(seen)}`);
    await pause(10);
  }
}
