// The door: who is let in and how often, made of adapters.
import type { Config } from './config.ts';
import { accessTokens } from './credentials/access-tokens.ts';
import { hashApiKey } from './credentials/api-keys.ts';
import type { Ends, Foundation } from './foundation.ts';
import { type AddressOf, addressReader } from './http/client-address.ts';
import type { Metrics } from './http/metrics.ts';
import type { Log } from './log.ts';
import { type Authenticate, authenticator } from './merchants/authenticate.ts';
import { type Door, openDoor } from './merchants/door.ts';
import { type Limits, rateLimits } from './merchants/limits.ts';
import type { ClientTokens } from './merchants/ports.ts';
import { postgresSharedLimits } from './postgres/shared-limits.ts';
import { startLimitSharer } from './worker/limit-sharer.ts';

export interface DoorParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clientTokens: ClientTokens;
  readonly isSuspended: (merchantId: string) => boolean;
  readonly ends: Ends;
}

export interface Entrance {
  readonly door: Door;
  /** For connections that are open: not counted. */
  readonly authenticate: Authenticate;
  readonly rates: Limits;
  readonly addressOf: AddressOf;
}

export function openEntrance(config: Config, parts: DoorParts): Entrance {
  const { base, log, metrics, clientTokens, isSuspended, ends } = parts;
  const { clock } = base;
  const issued = config.accessTokens && accessTokens({ ...config.accessTokens, warn: (message) => log.warn(message) });
  const authenticate = authenticator({
    keys: base.merchants,
    clientTokens,
    accessTokens: issued,
    hashApiKey,
    isSuspended,
    clock,
  });
  const limits = rateLimits(config.rateLimit, clock);
  const sharer = startLimitSharer({ limits, shared: postgresSharedLimits(base.database), log });
  ends.push(() => sharer.stop());
  const door = openDoor({ authenticate, limits, onRefused: (limit) => metrics.rateLimited(limit) });
  return { door, authenticate, rates: limits, addressOf: addressReader(config.trustProxy) };
}
