import type { CasePolicy } from './case.ts';
import type { ChangeNeeds } from './change-order.ts';
import type { Moment } from './draft.ts';
import type { JudgeRefund } from './operation.ts';
import type { Order } from './order.ts';
import type { ChannelAnswer, Checks, Evidence, NewId, PaymentChannel } from './ports.ts';

/** What the use cases that talk to the channel stand on. */
export interface DeskNeeds extends ChangeNeeds {
  /** The channel of the app that collects for an order's account. */
  readonly channelOf: (account: Pick<Order, 'merchantId' | 'accountId'>) => Promise<PaymentChannel>;
  readonly checks: Checks;
  readonly newId: NewId;
  readonly casePolicyOf: (merchantId: string) => Promise<CasePolicy>;
  /** Whether a second person is to agree before somebody gives money back. */
  readonly judgeRefund: JudgeRefund;
}

/** A decision that no signed message has caused. */
export function ownMoment({ clock, newId }: Pick<DeskNeeds, 'clock' | 'newId'>): Moment {
  return { now: clock.now(), newId, evidenceId: null, casePolicy: 'HOLD' };
}

/** A signed answer, kept as it came, and the moment of the decision that it causes. */
export interface Answered {
  readonly at: Moment;
  readonly evidence: Evidence;
}

type Accepted = Extract<ChannelAnswer<unknown>, { kind: 'accepted' }>;

export async function answered(
  { clock, newId, casePolicyOf }: DeskNeeds,
  { bytes, keyId }: Accepted,
  { merchantId, id: orderId }: { merchantId: string; id: string },
): Promise<Answered> {
  const casePolicy = await casePolicyOf(merchantId);
  const now = clock.now();
  const id = newId(now);
  const about = { kind: 'answer' as const, notifyId: null, receivedAt: now, verdict: 'applied' as const };
  const evidence = { ...about, id, merchantId, orderId, bytes, keyId };
  return { at: { now, newId, evidenceId: id, casePolicy }, evidence };
}
