import type { Clock } from '../orders/ports.ts';
import { type RateLimit, rateLimit } from './rate-limit.ts';

/** `address`: requests from it that nobody was let in with. `notification`: those from it that nobody had signed. */
export type LimitKind = 'credential' | 'merchant' | 'address' | 'notification';

export type Limits = Readonly<Record<LimitKind, RateLimit>>;

/** Why somebody has to wait, and how long. */
export interface TooMany {
  readonly kind: 'too_many';
  readonly limit: LimitKind;
  readonly waitSeconds: number;
}

/** All credentials of a merchant together may do what so many could do each. */
const CREDENTIALS_A_MERCHANT = 5;
/** Of what a credential may do, an address may do so much without a valid one. */
const FAILURES_AN_ADDRESS = 0.1;

/** Every limit follows from what one credential may ask for in a second; 0 switches all of them off. */
export function rateLimits(perSecond: number, clock: Clock): Limits {
  const failures = perSecond === 0 ? 0 : Math.max(1, perSecond * FAILURES_AN_ADDRESS);
  return {
    credential: rateLimit(perSecond, clock),
    merchant: rateLimit(perSecond * CREDENTIALS_A_MERCHANT, clock),
    address: rateLimit(failures, clock),
    notification: rateLimit(perSecond, clock),
  };
}

/** What the caller is told. */
export function tooManyText({ limit, waitSeconds }: TooMany): string {
  return `Too many ${whose[limit]}: try again in ${waitSeconds} s`;
}

const whose: Readonly<Record<LimitKind, string>> = {
  credential: 'requests with this credential',
  merchant: 'requests by all credentials of this merchant',
  address: 'requests without a valid credential from this address',
  notification: 'notifications that Alipay has not signed from this address',
};
