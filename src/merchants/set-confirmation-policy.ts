import type { ConfirmationRequired, InvalidInput } from '../orders/outcomes.ts';
import type { MerchantCaller } from './caller.ts';
import { type ConfirmationPolicy, faultInPolicy, isLooser, policyJson } from './confirmation-policy.ts';
import { type SecondPersonNeeds, secondPerson } from './second-person.ts';

export type PolicySet =
  | { readonly kind: 'policy'; readonly policy: ConfirmationPolicy }
  | ConfirmationRequired
  | InvalidInput;

const MOST_TRIES = 5;

/** Goes for what is asked for from now on. Where settings need a second person, so does every looser policy. */
export async function setConfirmationPolicy(
  needs: SecondPersonNeeds,
  caller: MerchantCaller,
  policy: ConfirmationPolicy,
): Promise<PolicySet> {
  const fault = faultInPolicy(policy);
  if (fault !== undefined) return fault;
  const what = policyJson(policy);
  const sure = secondPerson(needs, caller, {
    kind: 'policy',
    what,
    summary: `Set the confirmation policy to ${JSON.stringify(what)}`,
  });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await needs.policies.read(caller.merchantId);
    const held = isLooser(before, policy) ? await sure() : undefined;
    if (held !== undefined) return held;
    const now = needs.clock.now();
    const note = { id: needs.newId(now), actor: caller.keyId, at: now };
    if (await needs.policies.put(caller.merchantId, { before, after: policy }, note)) return { kind: 'policy', policy };
  }
  throw new Error('the confirmation policy stayed contended');
}
