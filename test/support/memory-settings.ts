import type { AuditNote, MerchantSettings } from '../../src/merchants/ports.ts';
import type { CasePolicy } from '../../src/orders/case.ts';

/** What merchants decide once, in memory. `told` is what the audit log would say. */
export function memorySettings(first: CasePolicy = 'AUTO_REFUND') {
  const policies = new Map<string, CasePolicy>();
  const told: (AuditNote & { readonly policy: CasePolicy })[] = [];
  const read = async (merchantId: string) => policies.get(merchantId) ?? first;
  const settings: MerchantSettings = {
    casePolicy: read,
    readCasePolicy: read,
    async setCasePolicy(merchantId, policy, note) {
      policies.set(merchantId, policy);
      told.push({ ...note, policy });
    },
  };
  return { settings, told };
}
