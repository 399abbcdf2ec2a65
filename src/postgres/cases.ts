import type { MerchantSettings } from '../merchants/ports.ts';
import type { CasePolicy } from '../orders/case.ts';
import type { CaseBook } from '../orders/ports.ts';
import type { Database } from './database.ts';
import { type CaseRow, toCase } from './rows.ts';
import { rowOf, rowsOf } from './statement.ts';
import { casePolicyOf, caseRowById, closeCase, openCaseFigures, putCasePolicy } from './statements/cases.ts';

export function postgresCaseBook({ pool }: Pick<Database, 'pool'>): CaseBook {
  return {
    async find(merchantId, id) {
      const row = await rowOf<CaseRow>(pool, caseRowById, [merchantId, id]);
      return row && toCase(row);
    },
    async close({ merchantId, id, resolvedAt, note }) {
      return (await rowOf(pool, closeCase, [merchantId, id, resolvedAt, note])) !== undefined;
    },
  };
}

/** How long a policy is trusted without asking again: the time a change takes to reach every process. */
const TRUST_MS = 4_000;

/** Read with every notification, so that it is remembered for a few seconds. */
export function postgresMerchantSettings({ pool }: Pick<Database, 'pool'>): MerchantSettings {
  const known = new Map<string, { readonly policy: CasePolicy; readonly until: number }>();
  const remember = (merchantId: string, policy: CasePolicy) => {
    known.set(merchantId, { policy, until: performance.now() + TRUST_MS });
    return policy;
  };
  const read = async (merchantId: string) => {
    const row = await rowOf<{ case_policy: CasePolicy }>(pool, casePolicyOf, [merchantId]);
    return remember(merchantId, row?.case_policy ?? 'HOLD');
  };
  return {
    async casePolicy(merchantId) {
      const hit = known.get(merchantId);
      return hit !== undefined && performance.now() < hit.until ? hit.policy : read(merchantId);
    },
    readCasePolicy: read,
    async setCasePolicy(merchantId, policy, { id, actor, at }) {
      await rowsOf(pool, putCasePolicy, [merchantId, id, actor, at, policy]);
      remember(merchantId, policy);
    },
  };
}

export interface OpenMoney {
  readonly kind: string;
  readonly age: string;
  readonly fen: bigint;
  readonly cases: number;
}

/** What is at risk: open cases by kind and age, over all merchants. */
export async function openMoney({ pool }: Pick<Database, 'pool'>, now: Date): Promise<readonly OpenMoney[]> {
  type Row = Omit<OpenMoney, 'fen'> & { readonly fen: string };
  return (await rowsOf<Row>(pool, openCaseFigures, [now])).map((row) => ({ ...row, fen: BigInt(row.fen) }));
}
