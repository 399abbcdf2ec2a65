import { faultInNote, invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import { freshKey, type ManageKeysNeeds } from './manage-keys.ts';
import type { Merchant } from './merchant.ts';
import type { AuditNote, MerchantBook } from './ports.ts';
import { SCOPES } from './scopes.ts';

export interface ManageMerchantsNeeds {
  readonly merchants: MerchantBook;
  readonly keys: Omit<ManageKeysNeeds, 'apiKeys'>;
  /** Whose installation it is: only its administrators manage merchants. */
  readonly ownerId: string;
  /** Has this process know at once what has changed. */
  readonly changed: () => Promise<void>;
}

export interface MerchantMade {
  readonly kind: 'made';
  readonly merchant: Merchant;
  /** Its first API key, which may do everything for it. */
  readonly secret: string;
}

export type MerchantOutcome =
  | { readonly kind: 'merchant'; readonly merchant: Merchant }
  | { readonly kind: 'merchant_not_found' }
  | InvalidInput;

/** A new merchant. Its first API key is answered here and never again. */
export async function createMerchant(
  { merchants, keys }: ManageMerchantsNeeds,
  { name, actor }: { readonly name: string; readonly actor: string },
): Promise<MerchantMade | InvalidInput> {
  const fault = faultInNote('name', name);
  if (fault !== undefined) return fault;
  const now = keys.clock.now();
  const merchant: Merchant = { id: keys.newId(now), name: name.trim(), createdAt: now, suspendedAt: null };
  const wanted = { label: 'first', scopes: SCOPES, terminalId: null, expiresAt: null };
  const { key, secret, hash } = freshKey(keys, { ...wanted, merchantId: merchant.id, now });
  await merchants.create(merchant, { key, hash, note: { id: keys.newId(now), actor, at: now } });
  return { kind: 'made', merchant, secret };
}

/**
 * Within five seconds the merchant's credentials open nothing on any replica, or open everything again. What Alipay says
 * of its orders is heard all the same, and what is open goes on to its end.
 */
export async function setMerchantSuspended(
  needs: ManageMerchantsNeeds,
  { id, suspended, actor }: { readonly id: string; readonly suspended: boolean; readonly actor: string },
): Promise<MerchantOutcome> {
  const { merchants, keys, ownerId, changed } = needs;
  if (suspended && id === ownerId) return invalid('id', "must not be the installation's own merchant");
  const at = keys.clock.now();
  const note: AuditNote = { id: keys.newId(at), actor, at };
  await merchants.setSuspended(id, { suspended, note });
  await changed();
  const merchant = await merchants.find(id);
  return merchant === undefined ? { kind: 'merchant_not_found' } : { kind: 'merchant', merchant };
}
