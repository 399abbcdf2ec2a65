import { toTypeId } from '../ids.ts';
import { type Case, caseRefundNo } from '../orders/case.ts';
import type { EvidenceHead } from '../orders/reads.ts';
import type { Refund } from '../orders/refund.ts';
import { CaseEvidence, type CaseType } from './case.types.ts';
import type { CaseNextAction } from './case-enums.ts';
import { make } from './make.ts';

/** A case without its order, which present-order.ts adds. */
export function caseFields(one: Case): Omit<CaseType, 'order'> {
  return {
    id: toTypeId('case', one.id),
    kind: one.kind,
    amount: one.amountFen,
    outTradeNo: one.outTradeNo,
    tradeNo: one.tradeNo,
    policy: one.policy,
    state: one.state,
    nextAction: async (_, { load }) => nextActionOf(one, mayBeRefunded(one) ? await load.refundsOf(one.orderId) : []),
    openedAt: one.openedAt,
    resolvedAt: one.resolvedAt,
    note: one.note,
    evidence: async (_, { load }) => presentEvidence(await load.evidence(one.evidenceId)),
  };
}

/** What happens to a case next. A refund that Alipay has refused waits for a person, whoever asked for it. */
export function nextActionOf(one: Case, refunds: readonly Pick<Refund, 'refundNo' | 'status'>[]): CaseNextAction {
  if (one.state !== 'OPEN') return 'NONE';
  const own = refunds.find(({ refundNo }) => refundNo === caseRefundNo(one));
  if (own?.status === 'FAILED') return 'DECIDE';
  if (own !== undefined) return 'AUTOMATIC_REFUND';
  switch (one.policy) {
    case 'HOLD':
      return 'DECIDE';
    case 'ACCEPT':
      return 'AUTOMATIC_ACCEPT';
    case 'AUTO_REFUND':
      return 'AUTOMATIC_REFUND';
  }
}

/** Only then are the order's refunds worth a look. */
function mayBeRefunded(one: Case): one is Case & { readonly orderId: string } {
  return one.state === 'OPEN' && one.orderId !== null;
}

/** Never the message itself: it holds what Alipay knows of the buyer. */
function presentEvidence({ id, kind, receivedAt }: EvidenceHead): CaseEvidence {
  return make(CaseEvidence, { id: toTypeId('evd', id), kind, receivedAt });
}
