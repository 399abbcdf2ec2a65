import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { fromTypeId } from '../ids.ts';
import type { AccessTokens, TokenHolder } from '../merchants/ports.ts';
import { isScope } from '../merchants/scopes.ts';

export interface AccessTokenOptions {
  /** Where the issuer publishes its keys. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** What a token may be signed with. Never one of a shared secret: anybody has the issuer's public keys. */
  readonly algorithms: readonly string[];
  /** Hears why the issuer's keys could not be fetched. */
  readonly warn: (message: string) => void;
}

/** Clocks may differ by so much. */
const TOLERANCE_SECONDS = 30;
/** The issuer's keys are fetched again this often, in the background. */
const REFRESH_MS = 600_000;
/** A key that nobody knows makes us ask for it at most this often, however many tokens name one. */
const COOLDOWN_MS = 30_000;
/** As long as there are no keys at all: this often. */
const RETRY_MS = 5_000;
const FETCH_WITHIN_MS = 5_000;
const SUBJECT = /^[\x21-\x7e]{1,200}$/;
const TERMINAL = /^[\x21-\x7e]{1,32}$/;

/** Reads OAuth2 access tokens: JWTs that the configured issuer signed for us. */
export function accessTokens(options: AccessTokenOptions): AccessTokens {
  const { issuer, audience, algorithms } = options;
  const keyFor = issuersKeys(options);
  return {
    async read(token, now) {
      try {
        const { payload } = await jwtVerify(token, keyFor, {
          issuer,
          audience,
          algorithms: [...algorithms],
          clockTolerance: TOLERANCE_SECONDS,
          currentDate: now,
          requiredClaims: ['exp', 'sub', 'kassa_merchant'],
        });
        return holderIn(payload);
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

function holderIn(claims: JWTPayload): TokenHolder | undefined {
  const { sub = '', exp = 0, scope = '', kassa_merchant: merchant, kassa_terminal: terminal = null } = claims;
  const merchantId = typeof merchant === 'string' ? fromTypeId('mer', merchant) : undefined;
  if (merchantId === undefined || !SUBJECT.test(sub) || typeof scope !== 'string') return undefined;
  if (terminal !== null && (typeof terminal !== 'string' || !TERMINAL.test(terminal))) return undefined;
  // Scopes of other systems are none of ours.
  const scopes = scope.split(' ').filter(isScope);
  return { merchantId, keyId: sub, scopes, terminalId: terminal, expiresAt: new Date(exp * 1_000) };
}

/**
 * Known keys outlive an outage of the issuer. They are fetched once whoever asks at the same time, and a flood of
 * tokens that name unknown keys is no flood of questions.
 */
function issuersKeys({ jwksUrl, warn }: AccessTokenOptions): JWTVerifyGetKey {
  let local: JWTVerifyGetKey | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  const ask = () => {
    asking ??= fetched().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const fetched = async () => {
    askedAt = performance.now();
    try {
      local = createLocalJWKSet(await publishedKeys(jwksUrl));
    } catch (error) {
      warn(`the keys of JWT_JWKS_URL could not be fetched: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const waitedMs = () => performance.now() - askedAt;
  return async (header, token) => {
    if (local === undefined && (asking !== undefined || waitedMs() >= RETRY_MS)) await ask();
    else if (waitedMs() >= REFRESH_MS) void ask();
    if (local === undefined) throw new errors.JWKSNoMatchingKey();
    const known = local;
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // Newer keys may have come while this token was looked at.
      if (known === local && asking === undefined && waitedMs() < COOLDOWN_MS) throw error;
      if (known === local) await ask();
      return local(header, token);
    }
  };
}

/** @throws when the issuer does not answer with a key set in time */
export async function publishedKeys(jwksUrl: string): Promise<JSONWebKeySet> {
  const remote = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: FETCH_WITHIN_MS });
  await remote.reload();
  return remote.jwks() ?? { keys: [] };
}
