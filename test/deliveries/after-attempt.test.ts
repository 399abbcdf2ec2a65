import { expect, test } from 'vitest';
import { afterAttempt, attemptOf } from '../../src/deliveries/after-attempt.ts';
import { LADDER_MS } from '../../src/deliveries/ladder.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const pace = { ladderMs: LADDER_MS, jitter: () => 0 };
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

interface Case {
  readonly status: number | null;
  readonly tries: number;
  readonly failures: number;
  readonly retryAfter?: string;
}

// biome-ignore format: a table
test.each<[Case, object]>([
  // the attempt                                              what follows
  [{ status: 200, tries: 0, failures: 0 },                    { kind: 'succeeded' }],
  [{ status: 204, tries: 7, failures: 99 },                   { kind: 'succeeded' }],
  [{ status: 500, tries: 0, failures: 0 },                    { kind: 'again', dueAt: at(5), restsUntil: null, gone: false }],
  [{ status: null, tries: 1, failures: 1 },                   { kind: 'again', dueAt: at(300), restsUntil: null, gone: false }],
  [{ status: 404, tries: 6, failures: 0 },                    { kind: 'again', dueAt: at(36_000), restsUntil: null, gone: false }],
  [{ status: 404, tries: 7, failures: 0 },                    { kind: 'failed', restsUntil: null, gone: false }],
  [{ status: 302, tries: 0, failures: 0 },                    { kind: 'again', dueAt: at(5), restsUntil: null, gone: false }],
  [{ status: 500, tries: 0, failures: 4 },                    { kind: 'again', dueAt: at(5), restsUntil: at(5), gone: false }],
  [{ status: 500, tries: 7, failures: 7 },                    { kind: 'failed', restsUntil: at(40), gone: false }],
  [{ status: 410, tries: 0, failures: 0 },                    { kind: 'again', dueAt: at(5), restsUntil: null, gone: true }],
  [{ status: 410, tries: 7, failures: 0 },                    { kind: 'failed', restsUntil: null, gone: true }],
  [{ status: 429, tries: 0, failures: 0, retryAfter: '60' },  { kind: 'again', dueAt: at(60), restsUntil: at(60), gone: false }],
  [{ status: 503, tries: 2, failures: 0, retryAfter: '60' },  { kind: 'again', dueAt: at(1_800), restsUntil: at(60), gone: false }],
  [{ status: 503, tries: 0, failures: 0, retryAfter: '99999999' }, { kind: 'again', dueAt: at(3_600), restsUntil: at(3_600), gone: false }],
])('%j', ({ status, tries, failures, retryAfter = null }, step) => {
  const sent = status === null
    ? { kind: 'unanswered' as const, reason: 'the connection broke', latencyMs: 3 }
    : { kind: 'answered' as const, statusCode: status, answer: '', retryAfter, latencyMs: 3 };
  expect(afterAttempt(attemptOf(sent, NOW), { tries, failures }, pace)).toEqual(step);
});
