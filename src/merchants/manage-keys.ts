import { toTypeId } from '../ids.ts';
import { faultInNote, faultInPlace, invalid } from '../orders/input-rules.ts';
import type { ConfirmationRequired, InvalidInput } from '../orders/outcomes.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import { type ApiKey, isLastAdmin, isValid, MOST_KEYS } from './api-key.ts';
import type { MerchantCaller } from './caller.ts';
import type { ApiKeyBook, AuditNote } from './ports.ts';
import type { Scope } from './scopes.ts';
import type { AskSecondPerson } from './second-person.ts';

export interface ManageKeysNeeds {
  readonly apiKeys: ApiKeyBook;
  readonly secondPerson: AskSecondPerson;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly newApiKey: () => string;
  readonly hashApiKey: (key: string) => Uint8Array;
  readonly prefixOf: (key: string) => string;
}

export interface KeyMade {
  readonly kind: 'key';
  readonly key: ApiKey;
  /** The key itself. */
  readonly secret: string;
}

export type KeyCreated =
  | KeyMade
  | ConfirmationRequired
  | { readonly kind: 'api_key_limit'; readonly most: number }
  | InvalidInput;

export type KeyRotated = KeyMade | ConfirmationRequired | { readonly kind: 'api_key_not_found' } | InvalidInput;

export type KeyRevoked =
  | { readonly kind: 'revoked'; readonly key: ApiKey }
  | ConfirmationRequired
  | { readonly kind: 'api_key_not_found' }
  | InvalidInput;

export interface CreateKey {
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly terminalId: string | null;
  readonly expiresAt: Date | null;
}

/** Longest time for which a key that was rotated stays valid beside the new one: 30 days. */
const MOST_OVERLAP_SECONDS = 30 * 86_400;

/** A new key. It is answered here and never again. Nobody hands on a scope that is not its own. */
export async function createKey(needs: ManageKeysNeeds, caller: MerchantCaller, asked: CreateKey): Promise<KeyCreated> {
  const now = needs.clock.now();
  const fault = faultIn(asked, caller, now) ?? obstacleTo(asked, await needs.apiKeys.list(caller.merchantId), now);
  if (fault !== undefined) return fault;
  const scopes = [...new Set(asked.scopes)];
  const held = await sureToCreate(needs, caller, { ...asked, scopes });
  if (held !== undefined) return held;
  const fresh = freshKey(needs, { ...asked, scopes, merchantId: caller.merchantId, now });
  const added = await needs.apiKeys.add(fresh.key, fresh.hash, noteOf(needs, caller, now));
  if (added === 'taken') return TAKEN;
  return added === 'full' ? FULL : { ...fresh, kind: 'key' };
}

const TAKEN = invalid('label', 'must not be that of another valid key: revoke or rotate that one');
const FULL = { kind: 'api_key_limit', most: MOST_KEYS } as const;
const LAST = invalid('id', 'must not be of the last key that may administer: create another one first');

/** Known before anybody is asked. Whoever takes the place in between is met by the statement that adds the key. */
function obstacleTo({ label, expiresAt }: CreateKey, keys: readonly ApiKey[], now: Date) {
  const endless = keys.filter((key) => key.revokedAt === null && key.expiresAt === null);
  if (expiresAt === null && endless.some((key) => key.label === label)) return TAKEN;
  return keys.filter((key) => isValid(key, now)).length < MOST_KEYS ? undefined : FULL;
}

function sureToCreate(needs: ManageKeysNeeds, caller: MerchantCaller, asked: CreateKey) {
  const { label, scopes, terminalId } = asked;
  const what = { act: 'create', label, scopes, terminalId, expiresAt: asked.expiresAt?.toISOString() ?? null };
  const may = terminalId === null ? `may do ${scopes.join(', ')}` : `is for terminal ${terminalId}`;
  const until = asked.expiresAt === null ? '' : `, until ${asked.expiresAt.toISOString()}`;
  const summary = `Make an API key "${label}" that ${may}${until}`;
  return needs.secondPerson(caller, { kind: 'api_key', what, summary })();
}

/** What is done to a key that is there. */
function sureTo(
  needs: ManageKeysNeeds,
  caller: MerchantCaller,
  change:
    | { readonly act: 'rotate'; readonly key: ApiKey; readonly overlapSeconds: number }
    | { readonly act: 'revoke'; readonly key: ApiKey },
) {
  const { act, key } = change;
  const named = `the API key "${key.label}" (${toTypeId('key', key.id)})`;
  const summary =
    change.act === 'rotate'
      ? `Rotate ${named}: the old one stays valid for ${change.overlapSeconds} s`
      : `Revoke ${named}`;
  const overlapSeconds = change.act === 'rotate' ? change.overlapSeconds : null;
  return needs.secondPerson(caller, { kind: 'api_key', what: { act, key: key.id, overlapSeconds }, summary })();
}

function faultIn({ label, scopes, terminalId, expiresAt }: CreateKey, caller: MerchantCaller, now: Date) {
  if (terminalId !== null && scopes.length > 0)
    return invalid('scopes', "must be empty for a terminal's key, which sells and undoes at its terminal");
  if (terminalId === null && scopes.length === 0) return invalid('scopes', 'must name at least one scope');
  const foreign = foreignTo(caller, { scopes, terminalId });
  if (foreign !== undefined) return invalid(terminalId === null ? 'scopes' : 'terminalId', foreign);
  if (expiresAt !== null && expiresAt <= now) return invalid('expiresAt', 'must be in the future');
  return faultInNote('label', label) ?? faultInPlace('terminalId', terminalId, 32);
}

/** What a terminal does at its own place. */
const AT_A_TERMINAL: readonly Scope[] = ['orders:read', 'orders:write', 'refunds:write'];

/** Nobody hands on what is not its own: why this key would be more than the asking one. */
function foreignTo(caller: MerchantCaller, { scopes, terminalId }: Pick<CreateKey, 'scopes' | 'terminalId'>) {
  const needed = terminalId === null ? scopes : AT_A_TERMINAL;
  const foreign = needed.find((scope) => !caller.scopes.includes(scope));
  return foreign && `needs ${foreign}, which the asking key has not`;
}

export interface RotateKey {
  readonly keyId: string;
  /** For so long the old key stays valid, unless it expires before. */
  readonly overlapSeconds: number;
}

/** A new key that may do what the old one may; both are valid for a while. It is answered here and never again. */
export async function rotateKey(needs: ManageKeysNeeds, caller: MerchantCaller, asked: RotateKey): Promise<KeyRotated> {
  const { keyId, overlapSeconds } = asked;
  if (overlapSeconds < 0 || overlapSeconds > MOST_OVERLAP_SECONDS)
    return invalid('overlapSeconds', `must be from 0 to ${MOST_OVERLAP_SECONDS}`);
  const now = needs.clock.now();
  const old = (await needs.apiKeys.list(caller.merchantId)).find(({ id }) => id === keyId);
  if (old === undefined || !isValid(old, now)) return { kind: 'api_key_not_found' };
  const foreign = foreignTo(caller, old);
  if (foreign !== undefined) return invalid('id', foreign);
  const held = await sureTo(needs, caller, { act: 'rotate', key: old, overlapSeconds });
  if (held !== undefined) return held;
  const fresh = freshKey(needs, { ...old, now });
  const next = { ...fresh, note: noteOf(needs, caller, now) };
  const replaced = await needs.apiKeys.replace(keyId, new Date(now.getTime() + overlapSeconds * 1_000), next);
  return replaced ? { kind: 'key', key: fresh.key, secret: fresh.secret } : { kind: 'api_key_not_found' };
}

/** The key opens nothing from now on, within five seconds everywhere. The last one that may administer stays. */
export async function revokeKey(needs: ManageKeysNeeds, caller: MerchantCaller, keyId: string): Promise<KeyRevoked> {
  const now = needs.clock.now();
  const keys = await needs.apiKeys.list(caller.merchantId);
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined || !isValid(key, now)) return { kind: 'api_key_not_found' };
  if (isLastAdmin(key, keys, now)) return LAST;
  const held = await sureTo(needs, caller, { act: 'revoke', key });
  if (held !== undefined) return held;
  const revoked = await needs.apiKeys.revoke(caller.merchantId, keyId, noteOf(needs, caller, now));
  if (revoked === undefined) return { kind: 'api_key_not_found' };
  return revoked === 'last' ? LAST : { kind: 'revoked', key: revoked };
}

type Wanted = CreateKey & { readonly merchantId: string; readonly now: Date };

/** A key of 256 random bits, itself and as it is kept. */
export function freshKey(
  { newApiKey, hashApiKey, prefixOf, newId }: Pick<ManageKeysNeeds, 'newApiKey' | 'hashApiKey' | 'prefixOf' | 'newId'>,
  wanted: Wanted,
) {
  const { merchantId, label, scopes, terminalId, expiresAt, now } = wanted;
  const secret = newApiKey();
  const key: ApiKey = {
    id: newId(now),
    merchantId,
    label,
    prefix: prefixOf(secret),
    scopes,
    terminalId,
    createdAt: now,
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
  };
  return { key, secret, hash: hashApiKey(secret) };
}

function noteOf({ newId }: ManageKeysNeeds, { keyId }: MerchantCaller, at: Date): AuditNote {
  return { id: newId(at), actor: keyId, at };
}
