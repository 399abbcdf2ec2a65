import type { CasePolicy } from '../orders/case.ts';
import type { Fen } from '../orders/money.ts';
import type { Operation, OperationKind } from '../orders/operation.ts';
import type { Order } from '../orders/order.ts';
import type { ApiKey } from './api-key.ts';
import type { ConfirmationPolicy } from './confirmation-policy.ts';
import type { LimitKind } from './limits.ts';
import type { Merchant } from './merchant.ts';
import type { Spent } from './rate-limit.ts';
import type { Scope } from './scopes.ts';

/** Where API keys are looked up. Only their hashes are kept. */
export interface ApiKeyStore {
  /** The valid key with this hash; notes its use, once a minute. */
  findApiKey(hash: Uint8Array, now: Date): Promise<KnownKey | undefined>;
}

export interface KnownKey {
  readonly merchantId: string;
  /** Of an access token: its subject. */
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  readonly terminalId: string | null;
}

/** Access tokens that another system issues for us. */
export interface AccessTokens {
  /** Who holds it; undefined when it is not for us, forged, or its time is over. */
  read(token: string, now: Date): Promise<TokenHolder | undefined>;
}

export interface TokenHolder extends KnownKey {
  readonly expiresAt: Date;
}

/** Who changed what, when; written by the statement that changes it. */
export interface AuditNote {
  readonly id: string;
  /** The API key that asked, the subject of the access token, or who sat at the command line. */
  readonly actor: string;
  readonly at: Date;
}

/** A note as it is kept: what was done to what, and its place in the merchant's chain of notes. */
export interface KeptNote extends AuditNote {
  readonly merchantId: string;
  /** `api_key.revoked` */
  readonly action: string;
  /** The id of what it was done to. */
  readonly subject: string;
  /** JSON text. */
  readonly details: string;
  /** 1 for the first. */
  readonly position: number;
  readonly prevHash: string;
  readonly hash: string;
}

/** A note as its merchant reads it. */
export interface ReadNote extends KeptNote {
  /** The actor is one of the merchant's API keys. */
  readonly byKey: boolean;
}

export interface AuditLog {
  /** Newest first; those before the position `before`. */
  page(
    merchantId: string,
    asked: { readonly first: number; readonly before: number | undefined },
  ): Promise<{ readonly notes: readonly ReadNote[]; readonly hasNextPage: boolean }>;
}

/** A merchant's API keys, for whoever administers them. */
export interface ApiKeyBook {
  /** Newest first; also those that are not valid any more. */
  list(merchantId: string): Promise<readonly ApiKey[]>;
  /** `full`: too many are valid already. `taken`: another one without an end has this label. */
  add(key: ApiKey, hash: Uint8Array, note: AuditNote): Promise<'added' | 'full' | 'taken'>;
  /** Puts `next` in the place of `keyId`, which stays valid until `until`; false when it is not valid now. */
  replace(keyId: string, until: Date, next: { key: ApiKey; hash: Uint8Array; note: AuditNote }): Promise<boolean>;
  /** `last`: it is the only one left that may administer. */
  revoke(merchantId: string, keyId: string, note: AuditNote): Promise<ApiKey | 'last' | undefined>;
}

/** All merchants, for the operator of the installation. */
export interface MerchantBook {
  /** Oldest first, those after `after`. */
  list(page: { first: number; after: string | null }): Promise<readonly Merchant[]>;
  find(id: string): Promise<Merchant | undefined>;
  /** The merchant with its first key. */
  create(merchant: Merchant, first: { key: ApiKey; hash: Uint8Array; note: AuditNote }): Promise<void>;
  /** False when it was so already, or there is no such merchant. */
  setSuspended(id: string, to: { suspended: boolean; note: AuditNote }): Promise<boolean>;
}

/** Tokens that open one order to a frontend. */
export interface ClientTokens {
  issue(order: Pick<Order, 'merchantId' | 'id' | 'expiresAt'>): string;
  /** The order that a token opens; undefined when it is not ours or its time is over. */
  read(token: string, now: Date): { readonly merchantId: string; readonly orderId: string } | undefined;
}

/** What a merchant decides once, for all its orders. */
export interface MerchantSettings {
  /** What becomes of late money, as it was a few seconds ago; AUTO_REFUND until the merchant says otherwise. */
  casePolicy(merchantId: string): Promise<CasePolicy>;
  /** As it is. */
  readCasePolicy(merchantId: string): Promise<CasePolicy>;
  /** Goes for cases that are opened from now on. Nothing is noted when it is so already. */
  setCasePolicy(merchantId: string, policy: CasePolicy, note: AuditNote): Promise<void>;
}

/** Taken from one of the limits. */
export interface SpentOf extends Spent {
  readonly limit: LimitKind;
}

/** Where processes tell each other what busy callers take. */
export interface SharedLimits {
  /** Adds what was taken here; answers for each in how many seconds it is full again, over all processes. */
  add(spent: readonly SpentOf[]): Promise<readonly SpentOf[]>;
  /** Forgets those that are full again. */
  forget(): Promise<void>;
}

export interface ConfirmationPolicies {
  /** As it was a few seconds ago: looked at with every refund. */
  known(merchantId: string): Promise<ConfirmationPolicy>;
  /** As it is. */
  read(merchantId: string): Promise<ConfirmationPolicy>;
  /** False when it is not `before` any more. */
  put(
    merchantId: string,
    change: { readonly before: ConfirmationPolicy; readonly after: ConfirmationPolicy },
    note: AuditNote,
  ): Promise<boolean>;
}

/** What waits for a second person. Those of refunds are written with their orders. */
export interface Operations {
  find(merchantId: string, id: string): Promise<Operation | undefined>;
  /** What waits, newest first. */
  page(merchantId: string, asked: OperationPageAsked): Promise<OperationPage>;
  /** Writes it down; the same that is open already is answered instead. */
  ask(operation: Operation, digest: string, note: AuditNote): Promise<Operation>;
  /** Uses up the approval of exactly this, if there is one; that of a case stays good for its time. */
  use(approved: Approved, note: AuditNote): Promise<boolean>;
  /** Undefined when it does not wait any more. */
  decide(decision: OperationDecision, note: AuditNote): Promise<Operation | undefined>;
  /** Ends up to `limit` whose time is over; answers how many. */
  expire(now: Date, limit: number): Promise<number>;
  /** The credential through all rotations: the first key of the line; of an access token, its subject. */
  makerOf(merchantId: string, credentialId: string): Promise<string>;
  /** What a credential has asked to give back on a day in Beijing: what is given back, on its way, or waits. */
  askedOn(asked: { readonly merchantId: string; readonly askedBy: string; readonly day: string }): Promise<AskedOn>;
}

export interface OperationPageAsked {
  readonly first: number;
  readonly afterId: string | undefined;
  readonly kinds: readonly OperationKind[];
  readonly now: Date;
}

export interface OperationPage {
  readonly operations: readonly Operation[];
  readonly hasNextPage: boolean;
}

export interface Approved {
  readonly merchantId: string;
  readonly askedBy: string;
  readonly digest: string;
}

export interface OperationDecision {
  readonly merchantId: string;
  readonly id: string;
  readonly approve: boolean;
}

export interface AskedOn {
  readonly fen: Fen;
  readonly lastTurn: number;
}

/** The secrets of one-time codes, sealed. */
export interface Totps {
  isActive(merchantId: string, owner: string): Promise<boolean>;
  /** Keeps a new secret beside the one that counts, if it may replace one. False when one counts and it may not. */
  offer(offered: OfferedTotp & { readonly replaces: boolean }, note: AuditNote): Promise<boolean>;
  /** Takes one of the few tries of a quarter of an hour; undefined when none is left, or there is no secret. */
  takeTry(merchantId: string, owner: string, now: Date): Promise<TotpRow | undefined>;
  /** False when a code of this time, or of a later one, was used before. */
  useStep(used: { readonly merchantId: string; readonly owner: string; readonly step: number }): Promise<boolean>;
  /** The offered secret counts from now on. False when it is not the offered one any more. */
  activate(activated: OfferedTotp & { readonly step: number }, note: AuditNote): Promise<boolean>;
}

export interface OfferedTotp {
  readonly merchantId: string;
  readonly owner: string;
  readonly sealed: string;
}

export interface TotpRow {
  readonly active: string | null;
  readonly offered: string | null;
}
