import type { Case, CasePolicy } from './case.ts';
import { type ChangeNeeds, changeOrder } from './change-order.ts';
import { isEmpty } from './draft.ts';
import type { Fact } from './fact.ts';
import { hear } from './hear.ts';
import type { Evidence, Inbox, NewId, Verdict } from './ports.ts';

/** A notification whose signature and app have been verified. */
export interface Notice {
  readonly merchantId: string;
  readonly accountId: string;
  readonly notifyId: string;
  readonly fact: Fact;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** Fingerprint of the key that verified it. */
  readonly keyId: string;
}

export interface HearNeeds extends ChangeNeeds {
  readonly inbox: Inbox;
  readonly newId: NewId;
  readonly casePolicyOf: (merchantId: string) => Promise<CasePolicy>;
}

/** What to tell the sender: judged for good, or "send it again". */
export interface NoticeOutcome {
  readonly verdict: Verdict | 'repeated';
  readonly reply: 'success' | 'failure';
  readonly orderId: string | null;
}

/**
 * Applies a verified notification once. Everything it changes, and the notification itself, is
 * committed before this answers.
 */
export async function hearNotification(needs: HearNeeds, notice: Notice): Promise<NoticeOutcome> {
  const { inbox, clock, newId } = needs;
  const now = clock.now();
  const { judged, order } = await inbox.look({ ...notice, outTradeNo: notice.fact.outTradeNo });
  if (judged) return { verdict: 'repeated', reply: 'success', orderId: order?.id ?? null };
  const evidence = evidenceOf(notice, { id: newId(now), orderId: order?.id ?? null, receivedAt: now });
  if (order === undefined) return unknownOrder(needs, notice, evidence);

  const at = { now, newId, evidenceId: evidence.id, casePolicy: await needs.casePolicyOf(notice.merchantId) };
  const verdict = await changeOrder(needs, order, (current) => {
    const heard = hear(current, notice.fact, at);
    return { draft: heard.draft, evidence: { ...evidence, verdict: heard.verdict }, outcome: heard };
  });
  if (isEmpty(verdict.draft)) await inbox.record({ ...evidence, verdict: verdict.verdict }, null);
  return { verdict: verdict.verdict, reply: 'success', orderId: order.id };
}

function evidenceOf(notice: Notice, at: Pick<Evidence, 'id' | 'orderId' | 'receivedAt'>): Evidence {
  const { merchantId, notifyId, bytes, keyId } = notice;
  return { ...at, merchantId, kind: 'notification', notifyId, bytes, keyId, verdict: 'applied' };
}

/** Kept with a case when it speaks of money, and refused: the order may be on its way, and Alipay sends again. */
async function unknownOrder({ inbox, newId }: HearNeeds, notice: Notice, evidence: Evidence): Promise<NoticeOutcome> {
  const { fact, merchantId } = notice;
  const opened: Case = {
    id: newId(evidence.receivedAt),
    merchantId,
    orderId: null,
    kind: 'unknown_order',
    amountFen: fact.amountFen,
    outTradeNo: fact.outTradeNo,
    tradeNo: fact.tradeNo,
    evidenceId: evidence.id,
    policy: 'HOLD',
    state: 'OPEN',
    openedAt: evidence.receivedAt,
    resolvedAt: null,
    note: null,
  };
  await inbox.record({ ...evidence, verdict: 'unknown_order' }, fact.state === 'paid' ? opened : null);
  return { verdict: 'unknown_order', reply: 'failure', orderId: null };
}
