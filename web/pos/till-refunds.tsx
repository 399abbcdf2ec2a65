import { useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { OrderView } from '../api/live-order.ts';
import { RefundList } from '../order/refund-list.tsx';
import type { RefundView } from '../order/refunds.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import type { RefundDesk } from './refund-desk.ts';

interface RefundsProps {
  readonly order: OrderView;
  readonly desk: RefundDesk;
  readonly onOrder: (order: OrderView) => void;
}

/** An order's refunds at the till, where one that failed can be tried again under its own number. */
export function TillRefunds({ order, desk, onOrder }: RefundsProps) {
  const text = useText();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const again = async ({ refundNo, amount }: RefundView) => {
    setBusy(refundNo);
    setProblem(undefined);
    const answer = await desk.again({ refundNo, amount, reason: undefined });
    setBusy(undefined);
    if (answer.kind === 'given_back') onOrder(answer.order);
    else setProblem(answer);
  };
  return (
    <>
      <RefundList
        order={order}
        help={(refund) =>
          refund.status === 'FAILED' && (
            <button type="button" class="second" disabled={busy !== undefined} onClick={() => void again(refund)}>
              {busy === refund.refundNo ? text.refund.busy : text.refund.tryAgain}
            </button>
          )
        }
      />
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problemText(text, problem, text.refund.unanswered)}
        </p>
      )}
    </>
  );
}
