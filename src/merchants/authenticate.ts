import type { Clock } from '../orders/ports.ts';
import type { Caller } from './caller.ts';
import type { AccessTokens, ApiKeyStore, ClientTokens, KnownKey, TokenHolder } from './ports.ts';

/** How long a looked-up key is trusted without asking again: the time a revocation takes to reach us. */
const TRUST_MS = 2_500;
const MAX_KNOWN = 10_000;
const MAX_CREDENTIAL_LENGTH = 512;
const MAX_TOKEN_LENGTH = 4_096;
/** A JWT: three parts, the first of which is JSON in Base64. */
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;

export interface AuthenticateNeeds {
  readonly keys: ApiKeyStore;
  readonly clientTokens: ClientTokens;
  /** Undefined: nobody issues access tokens for us. */
  readonly accessTokens?: AccessTokens | undefined;
  readonly hashApiKey: (key: string) => Uint8Array;
  /** Merchants whose credentials open nothing for now. */
  readonly isSuspended: (merchantId: string) => boolean;
  readonly clock: Clock;
}

/** Its merchant is suspended: whoever holds it is told so, and nothing else. */
export const SUSPENDED = 'suspended';

/** What a suspended merchant's caller is told. */
export const SUSPENDED_MESSAGE =
  'This merchant is suspended: its credentials open nothing until the operator resumes it.';

/**
 * Tells who a credential (an API key, an access token or a client token) belongs to; undefined when nobody. A client token
 * still shows a suspended merchant's order to its buyer, who may have just paid.
 */
export type Authenticate = (credential: string) => Promise<Caller | typeof SUSPENDED | undefined>;

export function authenticator(needs: AuthenticateNeeds): Authenticate {
  const { keys, clientTokens, accessTokens, hashApiKey, isSuspended, clock } = needs;
  const holders = new Map<string, TokenHolder>();
  const known = new Map<string, { key: KnownKey; until: number }>();
  const asked = new Map<string, Promise<KnownKey | undefined>>();

  /** Thousands who come back at once with the same key ask once. */
  function lookUp(credential: string): Promise<KnownKey | undefined> {
    const lookingUp =
      asked.get(credential) ??
      keys.findApiKey(hashApiKey(credential), clock.now()).finally(() => asked.delete(credential));
    asked.set(credential, lookingUp);
    return lookingUp;
  }

  /**
   * Remembered under the key itself, as the door remembers it: a SHA-256 for each request would cost as much as all the rest that
   * decides who may ask. V8 finds it by a hash of all of it with a seed of this process's, and never compares two that differ there.
   */
  async function keyOf(credential: string): Promise<KnownKey | undefined> {
    const now = clock.now().getTime();
    const hit = known.get(credential);
    if (hit !== undefined && now < hit.until) return hit.key;
    const key = await lookUp(credential);
    known.delete(credential);
    if (known.size >= MAX_KNOWN) known.clear();
    if (key !== undefined) known.set(credential, { key, until: now + TRUST_MS });
    return key;
  }

  /** A token that was genuine once is so until its time is over: its signature is checked once. */
  async function holderOf(token: string): Promise<TokenHolder | undefined> {
    const now = clock.now();
    const known = holders.get(token);
    if (known !== undefined && now < known.expiresAt) return known;
    holders.delete(token);
    const holder = await accessTokens?.read(token, now);
    if (holders.size >= MAX_KNOWN) holders.clear();
    if (holder !== undefined) holders.set(token, holder);
    return holder;
  }

  const callerWith = (key: KnownKey) => (isSuspended(key.merchantId) ? SUSPENDED : callerOf(key));

  return async (credential) => {
    if (accessTokens !== undefined && credential.length <= MAX_TOKEN_LENGTH && JWT.test(credential)) {
      const holder = await holderOf(credential);
      return holder && callerWith(holder);
    }
    if (credential === '' || credential.length > MAX_CREDENTIAL_LENGTH) return undefined;
    const opened = clientTokens.read(credential, clock.now());
    if (opened !== undefined) return { kind: 'client', ...opened, token: credential };
    const key = await keyOf(credential);
    return key && callerWith(key);
  };
}

function callerOf({ merchantId, keyId, scopes, terminalId }: KnownKey): Caller {
  return terminalId === null
    ? { kind: 'merchant', merchantId, keyId, scopes }
    : { kind: 'terminal', merchantId, keyId, terminalId };
}

/** The credential in an `Authorization: Bearer …` value. */
export function bearer(header: unknown): string | undefined {
  return typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header)?.[1] : undefined;
}
