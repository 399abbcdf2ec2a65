import { digits, letters } from './ids.ts';
import { record, type Sandbox } from './sandbox.ts';

/** A payment code: what the buyer's wallet shows and a till scans. */
export type AuthCode = {
  readonly code: string;
  readonly issuedAtMs: number;
  /** The number it was used for; null while nobody did. */
  readonly usedFor: string | null;
};

/** Alipay says only that a code is short-lived; its app draws a new one every minute. */
export const AUTH_CODE_LIFE_MS = 60_000;

export type AuthCodeKind = 'bar' | 'face';

/** A fresh code: 18 digits that begin with 28, or a face's `fp` and 33 more. */
export function issueAuthCode(sandbox: Sandbox, kind: AuthCodeKind = 'bar'): AuthCode {
  const code = kind === 'face' ? `fp${letters(33)}` : `28${digits(16)}`;
  const authCode: AuthCode = { code, issuedAtMs: sandbox.clock.now(), usedFor: null };
  record(sandbox, [{ kind: 'auth_code_issued', authCode }]);
  return authCode;
}

/** Whether a till may use it now: known, within its minute, and not used before. */
export function isFresh(authCode: AuthCode, nowMs: number): boolean {
  return authCode.usedFor === null && nowMs < authCode.issuedAtMs + AUTH_CODE_LIFE_MS;
}
