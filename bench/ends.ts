import type { Ends } from './arena.ts';

/** The last first; one that fails must not keep the others from ending. */
export async function endEach(ends: Ends): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop())
    await end().catch((error: Error) => process.stderr.write(`${error.message}\n`));
}
