import type { Problem } from './answer.ts';

const GAPS_MS = [400, 1_200, 3_000];

/**
 * Asks again, with growing gaps, while the gateway's answer is missing. Only for questions that may be repeated: what
 * was lost may have been the question or the answer.
 */
export async function askUntilAnswered<Answer extends { readonly kind: string }>(
  ask: () => Promise<Answer | Problem>,
  pause: (ms: number) => Promise<void>,
): Promise<Answer | Problem> {
  let answer = await ask();
  for (const gapMs of GAPS_MS) {
    if (answer.kind !== 'no_answer') break;
    await pause(gapMs);
    answer = await ask();
  }
  return answer;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
