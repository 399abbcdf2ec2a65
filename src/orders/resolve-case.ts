import { type Case, caseLife } from './case.ts';
import { changeOrder } from './change-order.ts';
import { draftOf, putCase } from './draft.ts';
import { faultInNote } from './input-rules.ts';
import { next } from './life.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import type { WholeOrder } from './order.ts';
import type { ResolveCaseOutcome, Sure } from './outcomes.ts';
import type { CaseBook } from './ports.ts';
import { sendNow } from './refund-order.ts';
import { settleCase } from './settle-case.ts';

export interface ResolveCaseNeeds extends DeskNeeds {
  readonly cases: CaseBook;
}

/** `ACCEPT` keeps late money: the order becomes PAID. `REFUND` gives it back. `CLOSE`: it was settled elsewhere. */
export type CaseDecision = 'ACCEPT' | 'REFUND' | 'CLOSE';

export interface ResolveCase {
  readonly merchantId: string;
  readonly caseId: string;
  readonly decision: CaseDecision;
  readonly note: string | null;
  /** Asked when money is to move. */
  readonly sure: Sure;
}

/** A person decides about money that does not fit. What has been decided so already is answered as it is. */
export async function resolveCase(needs: ResolveCaseNeeds, command: ResolveCase): Promise<ResolveCaseOutcome> {
  const { merchantId, caseId, decision, note, sure } = command;
  const fault = faultInNote('note', note);
  if (fault !== undefined) return fault;
  const one = await needs.cases.find(merchantId, caseId);
  if (one === undefined) return { kind: 'case_not_found' };
  if (one.state !== 'OPEN') return one.state === ENDS[decision] ? { kind: 'case', one } : over(one);
  const order = one.orderId === null ? undefined : await needs.orders.find(merchantId, { id: one.orderId });
  if (decision === 'CLOSE')
    return order === undefined ? closeAlone(needs, one, note) : close(needs, order, { one, note });
  if (order === undefined || !isOurs(one, decision)) return notThisWay(one);
  const held = await sure();
  if (held !== undefined) return held;
  return settle(needs, order, { one, decision, note });
}

const ENDS: Readonly<Record<CaseDecision, Case['state']>> = { ACCEPT: 'ACCEPTED', REFUND: 'REFUNDED', CLOSE: 'CLOSED' };

/** Only money that pays an order of ours, in full, can be kept or given back from here. */
function isOurs({ kind }: Case, decision: CaseDecision): boolean {
  return kind === 'late' || (kind === 'second_payment' && decision === 'REFUND');
}

function over({ state }: Case): ResolveCaseOutcome {
  return { kind: 'case_not_resolvable', message: `The case is ${state}` };
}

function underWay(): ResolveCaseOutcome {
  return { kind: 'case_not_resolvable', message: 'Its refund is under way' };
}

function notThisWay({ kind }: Case): ResolveCaseOutcome {
  const message = `Money of the kind ${kind} can only be closed here, once it has been settled at Alipay`;
  return { kind: 'case_not_resolvable', message };
}

interface Decision {
  readonly one: Case;
  readonly decision: 'ACCEPT' | 'REFUND';
  readonly note: string | null;
}

async function settle(needs: DeskNeeds, order: WholeOrder, asked: Decision): Promise<ResolveCaseOutcome> {
  const { one, decision, note } = asked;
  const how = decision === 'ACCEPT' ? 'ACCEPT' : 'AUTO_REFUND';
  const settled = await settleCase(needs, order, { opened: one, how, note });
  const payment = settled.payments.find(({ tradeNo }) => tradeNo === one.tradeNo);
  const refund = settled.refunds.find(({ paymentId, status }) => paymentId === payment?.id && status === 'PENDING');
  if (refund !== undefined && decision === 'ACCEPT') return underWay();
  const sent = refund === undefined ? undefined : await sendNow(needs, settled, refund);
  const after = sent?.kind === 'refund' ? sent.order : settled;
  const now = after.cases.find(({ id }) => id === one.id) ?? one;
  if (now.state !== 'OPEN' || sent !== undefined) return { kind: 'case', one: now };
  const message = 'Alipay does not confirm at the moment that this money is paid; please try again later';
  return { kind: 'case_not_resolvable', message };
}

function close(needs: DeskNeeds, order: WholeOrder, { one, note }: Omit<Decision, 'decision'>) {
  return changeOrder<ResolveCaseOutcome>(needs, order, (current) => {
    const mine = current.cases.find(({ id }) => id === one.id) ?? one;
    const state = next(caseLife, mine.state, 'closed');
    const payment = current.payments.find(({ tradeNo }) => tradeNo === one.tradeNo);
    const busy = current.refunds.some(({ paymentId, status }) => paymentId === payment?.id && status === 'PENDING');
    const nothing = { draft: draftOf(current), evidence: null };
    if (state === undefined || mine.state !== 'OPEN') return { ...nothing, outcome: over(mine) };
    if (busy) return { ...nothing, outcome: underWay() };
    const at = ownMoment(needs);
    const closed: Case = { ...mine, state, note, resolvedAt: at.now };
    const draft = putCase(draftOf(current), at, { type: 'case.resolved', one: closed });
    return { draft, evidence: null, outcome: { kind: 'case', one: closed } };
  });
}

/** A case that belongs to no order has no history to write it into. */
async function closeAlone(
  { cases, clock }: ResolveCaseNeeds,
  one: Case,
  note: string | null,
): Promise<ResolveCaseOutcome> {
  const closed: Case = { ...one, state: 'CLOSED', note, resolvedAt: clock.now() };
  return (await cases.close(closed)) ? { kind: 'case', one: closed } : over({ ...one, state: 'CLOSED' });
}
