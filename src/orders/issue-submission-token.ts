import type { Clock, SubmissionTokens } from './ports.ts';

const TOKEN_LIFE_MS = 5 * 60_000;

/** A token that makes exactly one order of this merchant within five minutes. */
export function issueSubmissionToken(
  { tokens, clock }: { tokens: SubmissionTokens; clock: Clock },
  merchantId: string,
): { token: string; expiresAt: Date } {
  const expiresAt = new Date(clock.now().getTime() + TOKEN_LIFE_MS);
  return { token: tokens.issue(merchantId, expiresAt), expiresAt };
}
