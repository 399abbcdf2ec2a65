import type { ApiKey } from '../../src/merchants/api-key.ts';
import type { ManageKeysNeeds } from '../../src/merchants/manage-keys.ts';
import type { AuditNote } from '../../src/merchants/ports.ts';
import { secondPerson } from '../../src/merchants/second-person.ts';
import { memoryConfirmations } from './memory-confirmations.ts';
import { standingClock } from './orders.ts';

/** Keys in memory. `notes` is what the audit log would say. */
export function memoryKeys(clock = standingClock()) {
  const keys: ApiKey[] = [];
  const notes: (AuditNote & { readonly action: string })[] = [];
  const isValid = ({ expiresAt, revokedAt }: ApiKey) =>
    revokedAt === null && (expiresAt === null || expiresAt > clock.now());
  const change = (merchantId: string, id: string, to: Partial<ApiKey>): ApiKey | undefined => {
    const place = keys.findIndex((one) => one.merchantId === merchantId && one.id === id && isValid(one));
    const key = keys[place];
    if (key === undefined) return undefined;
    const changed = { ...key, ...to };
    keys[place] = changed;
    return changed;
  };
  const confirmations = memoryConfirmations(clock);
  const needs: ManageKeysNeeds = {
    ...confirmations.needs,
    secondPerson: (caller, change) => secondPerson(confirmations.needs, caller, change),
    apiKeys: {
      list: async (merchantId) => keys.filter((one) => one.merchantId === merchantId).reverse(),
      async add(key, _hash, note) {
        keys.push(key);
        notes.push({ ...note, action: 'created' });
        return 'added';
      },
      async replace(keyId, until, { key, note }) {
        if (change(key.merchantId, keyId, { expiresAt: until }) === undefined) return false;
        keys.push(key);
        notes.push({ ...note, action: 'rotated' });
        return true;
      },
      async revoke(merchantId, keyId, note) {
        const revoked = change(merchantId, keyId, { revokedAt: note.at });
        if (revoked !== undefined) notes.push({ ...note, action: 'revoked' });
        return revoked;
      },
    },
    newApiKey: () => `kassa_${keys.length}`,
    hashApiKey: (key) => Buffer.from(key),
    prefixOf: (key) => key,
  };
  return { needs, keys, notes, confirmations };
}
