import type { Clock } from '../orders/ports.ts';
import type { Caller } from './caller.ts';
import type { ApiKeyStore, ClientTokens, KnownKey } from './ports.ts';

/** How long a looked-up key is trusted without asking again: the time a revocation takes to reach us. */
const TRUST_MS = 2_500;
const MAX_KNOWN = 10_000;
const MAX_CREDENTIAL_LENGTH = 512;

export interface AuthenticateNeeds {
  readonly keys: ApiKeyStore;
  readonly clientTokens: ClientTokens;
  readonly hashApiKey: (key: string) => Uint8Array;
  readonly clock: Clock;
}

/** Tells who a credential (an API key or a client token) belongs to; undefined when nobody. */
export type Authenticate = (credential: string) => Promise<Caller | undefined>;

export function authenticator({ keys, clientTokens, hashApiKey, clock }: AuthenticateNeeds): Authenticate {
  const known = new Map<string, { key: KnownKey; until: number }>();
  const asked = new Map<string, Promise<KnownKey | undefined>>();

  /** Thousands who come back at once with the same key ask once. */
  function lookUp(name: string, hash: Uint8Array): Promise<KnownKey | undefined> {
    const lookingUp = asked.get(name) ?? keys.findApiKey(hash, clock.now()).finally(() => asked.delete(name));
    asked.set(name, lookingUp);
    return lookingUp;
  }

  async function keyOf(credential: string): Promise<KnownKey | undefined> {
    const hash = hashApiKey(credential);
    const name = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
    const now = clock.now().getTime();
    const hit = known.get(name);
    if (hit !== undefined && now < hit.until) return hit.key;
    const key = await lookUp(name, hash);
    known.delete(name);
    if (known.size >= MAX_KNOWN) known.clear();
    if (key !== undefined) known.set(name, { key, until: now + TRUST_MS });
    return key;
  }

  return async (credential) => {
    if (credential === '' || credential.length > MAX_CREDENTIAL_LENGTH) return undefined;
    const opened = clientTokens.read(credential, clock.now());
    if (opened !== undefined) return { kind: 'client', ...opened, token: credential };
    const key = await keyOf(credential);
    return key && callerWith(key);
  };
}

function callerWith({ merchantId, keyId, scopes, terminalId }: KnownKey): Caller {
  return terminalId === null
    ? { kind: 'merchant', merchantId, keyId, scopes }
    : { kind: 'terminal', merchantId, keyId, terminalId };
}

/** The credential in an `Authorization: Bearer …` value. */
export function bearer(header: unknown): string | undefined {
  return typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header)?.[1] : undefined;
}
