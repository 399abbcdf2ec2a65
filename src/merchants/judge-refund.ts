import { FREE, type Judgement, type ToJudge } from '../orders/operation.ts';
import { beijing, judgesMoney, needsConfirmation } from './confirmation-policy.ts';
import type { ConfirmationPolicies, Operations } from './ports.ts';

export interface JudgeNeeds {
  readonly policies: Pick<ConfirmationPolicies, 'known'>;
  readonly operations: Pick<Operations, 'makerOf' | 'askedOn'>;
}

/** Whether a second person is to agree. A merchant whose policy asks for nothing pays for one look at what is known. */
export async function judgeRefund(needs: JudgeNeeds, { merchantId, by, amountFen, at }: ToJudge): Promise<Judgement> {
  const policy = await needs.policies.known(merchantId);
  if (!judgesMoney(policy)) return FREE;
  const askedBy = await needs.operations.makerOf(merchantId, by.credentialId);
  const { day, hour } = beijing(at);
  const sums = policy.dailySumAboveFen !== null;
  const before = sums ? await needs.operations.askedOn({ merchantId, askedBy, day }) : { fen: 0n, lastTurn: 0 };
  const asked = { amountFen, todayFen: before.fen + amountFen, atTerminal: by.terminalId !== null, hour };
  const turn = sums ? { askedBy, day, turn: before.lastTurn + 1 } : null;
  return { isHeld: needsConfirmation(policy, asked), askedBy, turn };
}
