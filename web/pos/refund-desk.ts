// One press of "give back" makes one refund, however often it is pressed and whatever gets lost on the way.
import type { Problem } from '../api/answer.ts';
import { askUntilAnswered } from '../api/ask-until-answered.ts';
import type { OrderView } from '../api/live-order.ts';

export interface RefundDraft {
  /** Yuan with two fraction digits. */
  readonly amount: string;
  /** Undefined: none given. */
  readonly reason: string | undefined;
}

export interface RefundAsked extends RefundDraft {
  /** Makes the refund repeatable: the same number is the same refund. */
  readonly refundNo: string;
}

/** Or on its way, or waiting for a second person: the order shows which. */
export type GivenBack = { readonly kind: 'given_back'; readonly order: OrderView };

export interface RefundCounter {
  refund(asked: RefundAsked): Promise<GivenBack | Problem>;
  newNumber(): string;
  pause(ms: number): Promise<void>;
}

export interface RefundDesk {
  give(draft: RefundDraft): Promise<GivenBack | Problem>;
  /** A refund that failed, once more under its own number. */
  again(asked: RefundAsked): Promise<GivenBack | Problem>;
  /** The refund whose answer is missing. */
  unanswered(): RefundAsked | undefined;
  /** These refunds are there, whichever way that was heard. */
  seen(refundNos: readonly string[]): void;
}

/**
 * The number is made at the first press. While no answer has come, the same refund goes out again under it, also
 * after the dialog was closed meanwhile; the next refund gets another.
 */
export function openRefundDesk(counter: RefundCounter): RefundDesk {
  let unanswered: RefundAsked | undefined;
  let running: Promise<GivenBack | Problem> | undefined;

  async function ask(asked: RefundAsked): Promise<GivenBack | Problem> {
    unanswered = asked;
    const answer = await askUntilAnswered(() => counter.refund(asked), counter.pause);
    if (answer.kind !== 'no_answer') unanswered = undefined;
    return answer;
  }
  function once(start: () => Promise<GivenBack | Problem>): Promise<GivenBack | Problem> {
    running ??= start().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    give: (draft) =>
      once(() => {
        const known = unanswered?.amount === draft.amount ? unanswered.refundNo : undefined;
        return ask({ ...draft, refundNo: known ?? counter.newNumber() });
      }),
    again: (asked) => once(() => ask(asked)),
    unanswered: () => unanswered,
    seen(refundNos) {
      if (running === undefined && unanswered !== undefined && refundNos.includes(unanswered.refundNo))
        unanswered = undefined;
    },
  };
}
