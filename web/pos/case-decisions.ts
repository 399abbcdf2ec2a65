// What a person at the till may decide about money that does not fit.
import type { CaseDecision, OpenCasesQuery } from '../gql/graphql.ts';

export type CaseView = OpenCasesQuery['cases']['edges'][number]['node'];

/**
 * Only money that pays an order in full can be kept or given back from here, and not while that happens by itself;
 * "settled elsewhere" always stands open, because only a person knows.
 */
export function decisionsFor({ kind, nextAction }: Pick<CaseView, 'kind' | 'nextAction'>): readonly CaseDecision[] {
  if (nextAction === 'NONE') return [];
  if (nextAction !== 'DECIDE') return ['CLOSE'];
  switch (kind) {
    case 'LATE':
      return ['ACCEPT', 'REFUND', 'CLOSE'];
    case 'SECOND_PAYMENT':
      return ['REFUND', 'CLOSE'];
    case 'WRONG_AMOUNT':
    case 'WRONG_SELLER':
    case 'PAID_BEFORE_ORDER':
    case 'UNKNOWN_ORDER':
    case 'REFUSED_FACT':
      return ['CLOSE'];
  }
}

/** Nobody else can tell later how it was settled. */
export function needsNote(decision: CaseDecision): boolean {
  return decision === 'CLOSE';
}
