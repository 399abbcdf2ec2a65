import { type ConfirmationPolicy, type KeptPolicy, policyJson, readPolicy } from '../merchants/confirmation-policy.ts';
import type { ConfirmationPolicies } from '../merchants/ports.ts';
import type { Database } from './database.ts';
import { rowOf } from './statement.ts';
import { confirmationPolicyOf, putConfirmationPolicy } from './statements/confirmation-policies.ts';

/** How long a policy is trusted without asking again: the time a change takes to reach every process. */
const TRUST_MS = 4_000;

export function postgresConfirmationPolicies({ pool }: Pick<Database, 'pool'>): ConfirmationPolicies {
  const known = new Map<string, { readonly policy: ConfirmationPolicy; readonly until: number }>();
  const kept = async (merchantId: string) => {
    type Row = { readonly confirmation_policy: KeptPolicy | null };
    return (await rowOf<Row>(pool, confirmationPolicyOf, [merchantId]))?.confirmation_policy ?? null;
  };
  const read = async (merchantId: string) => {
    const policy = readPolicy(await kept(merchantId));
    known.set(merchantId, { policy, until: performance.now() + TRUST_MS });
    return policy;
  };
  return {
    async known(merchantId) {
      const hit = known.get(merchantId);
      return hit !== undefined && performance.now() < hit.until ? hit.policy : read(merchantId);
    },
    read,
    async put(merchantId, { before, after }, { id, actor, at }) {
      const was = await kept(merchantId);
      if (textOf(readPolicy(was)) !== textOf(before)) return false;
      const values = [merchantId, id, actor, at, was === null ? null : JSON.stringify(was), textOf(after)];
      const put = (await rowOf(pool, putConfirmationPolicy, values)) !== undefined;
      known.delete(merchantId);
      return put;
    },
  };
}

function textOf(policy: ConfirmationPolicy): string {
  return JSON.stringify(policyJson(policy));
}
