// What an attempt's outcome means for its delivery and its endpoint. Pure: a table of what follows from what.
import type { Attempt } from './delivery.ts';
import { gapAfter, type Pace, restAfter, retryAfterMs } from './ladder.ts';
import type { Sent } from './ports.ts';

/** What becomes of the delivery, and of the endpoint until it is tried again. */
export type Step =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'again'; readonly dueAt: Date; readonly restsUntil: Date | null; readonly gone: boolean }
  | { readonly kind: 'failed'; readonly restsUntil: Date | null; readonly gone: boolean };

export interface AttemptMade {
  readonly attempt: Attempt;
  /** Of the answer, as it came. */
  readonly retryAfter: string | null;
}

const GONE = 410;

export function isSuccess({ statusCode, reason }: Attempt): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300 && reason === null;
}

/** `tries` and `failures` are those before this attempt. */
export function afterAttempt(
  { attempt, retryAfter }: AttemptMade,
  { tries, failures }: { readonly tries: number; readonly failures: number },
  pace: Pace,
): Step {
  if (isSuccess(attempt)) return { kind: 'succeeded' };
  const later = (ms: number) => new Date(attempt.at.getTime() + ms);
  const askedMs = retryAfterMs(retryAfter, attempt.at);
  const restMs = Math.max(restAfter(failures + 1), askedMs);
  const after = { restsUntil: restMs === 0 ? null : later(restMs), gone: attempt.statusCode === GONE };
  const gapMs = gapAfter(tries + 1, pace);
  if (gapMs === undefined) return { kind: 'failed', ...after };
  return { kind: 'again', dueAt: later(Math.max(gapMs, askedMs)), ...after };
}

/** The attempt as it is kept. */
export function attemptOf(sent: Extract<Sent, { kind: 'answered' | 'unanswered' }>, at: Date): AttemptMade {
  const { latencyMs } = sent;
  if (sent.kind === 'unanswered')
    return { attempt: { at, latencyMs, statusCode: null, answer: null, reason: sent.reason }, retryAfter: null };
  const { statusCode, answer, retryAfter } = sent;
  return { attempt: { at, latencyMs, statusCode, answer, reason: reasonOf(statusCode) }, retryAfter };
}

function reasonOf(statusCode: number): string | null {
  if (statusCode >= 200 && statusCode < 300) return null;
  if (statusCode >= 300 && statusCode < 400) return `answered ${statusCode}: redirects are not followed`;
  return `answered ${statusCode}`;
}
