import type { CasePolicy } from '../orders/case.ts';
import type { ConfirmationRequired } from '../orders/outcomes.ts';
import type { MerchantSettings } from './ports.ts';
import { type Maker, type SecondPersonNeeds, secondPerson } from './second-person.ts';

export interface SetCasePolicyNeeds {
  readonly settings: MerchantSettings;
  readonly confirmations: SecondPersonNeeds;
}

export type CasePolicySet = { readonly kind: 'case_policy'; readonly policy: CasePolicy } | ConfirmationRequired;

/** Goes for cases that are opened from now on. That nothing moves by itself any more is no second person's matter. */
export async function setCasePolicy(
  { settings, confirmations }: SetCasePolicyNeeds,
  caller: Maker,
  policy: CasePolicy,
): Promise<CasePolicySet> {
  const { merchantId, keyId } = caller;
  const before = await settings.readCasePolicy(merchantId);
  if (before === policy) return { kind: 'case_policy', policy };
  const change = {
    kind: 'policy',
    what: { casePolicy: policy },
    summary: `Late money: from ${before} to ${policy}`,
  } as const;
  const held = policy === 'HOLD' ? undefined : await secondPerson(confirmations, caller, change)();
  if (held !== undefined) return held;
  const at = confirmations.clock.now();
  await settings.setCasePolicy(merchantId, policy, { id: confirmations.newId(at), actor: keyId, at });
  return { kind: 'case_policy', policy };
}
