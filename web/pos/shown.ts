// What the till says of an order: where it stands, unless the till knows better for a moment.
import type { Problem } from '../api/answer.ts';
import type { OrderView } from '../api/live-order.ts';
import { currentPayment, isInDoubt, type Stage } from '../order/stage.ts';
import { failureText, problemText } from '../text/problem-text.ts';
import type { Said, Text } from '../text/shape.ts';

export interface Shown {
  readonly stage: Stage;
  readonly said: Said;
}

interface Known {
  readonly order: OrderView;
  readonly stage: Stage;
  /** Of the code that the buyer should scan. */
  readonly code: { readonly problem: Problem | undefined; readonly stuck: boolean };
  /** Of the code that the buyer shows. */
  readonly charge: {
    readonly charging: string | undefined;
    readonly problem: Problem | undefined;
    readonly byCode: boolean;
  };
}

export function shown(text: Text, { order, stage, code, charge }: Known): Shown {
  if (charge.charging !== undefined && order.status === 'PENDING' && !isInDoubt(stage))
    return { stage: 'in_doubt', said: { title: text.scan.charging(charge.charging), hint: text.scan.chargingHint } };
  if (stage === 'declined' || stage === 'failed') return refusedByAlipay(text, order, stage);
  if (stage !== 'preparing') return { stage, said: text.stage[stage] };
  if (charge.byCode) return uncharged(text, charge.problem);
  return code.stuck && code.problem !== undefined ? noCode(text, code.problem) : { stage, said: text.stage[stage] };
}

function refusedByAlipay(text: Text, order: OrderView, stage: 'declined' | 'failed'): Shown {
  const failure = currentPayment(order)?.failure;
  const { title, hint } = text.stage[stage];
  return { stage, said: { title, hint: failure == null ? hint : failureText(text, failure) } };
}

function uncharged(text: Text, problem: Problem | undefined): Shown {
  if (problem === undefined) return { stage: 'in_doubt', said: text.stage.in_doubt };
  const hint = problemText(text, problem, text.scan.noAnswer);
  return { stage: 'declined', said: { title: text.scan.notCharged, hint } };
}

/** A sale that gets no code must not look as if one were coming. */
function noCode(text: Text, problem: Problem): Shown {
  const hint = problemText(text, problem);
  return problem.kind === 'refused' && problem.code === 'PAYMENT_REJECTED'
    ? { stage: 'failed', said: { title: text.stage.failed.title, hint: `${hint} ${text.stage.failed.hint}` } }
    : { stage: 'ran_out', said: { title: text.till.noCode, hint } };
}
