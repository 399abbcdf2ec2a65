import type { ComponentChild } from 'preact';
import type { OrderView } from '../api/live-order.ts';
import { useText } from '../text/language.tsx';
import { failureText } from '../text/problem-text.ts';
import type { RefundView } from './refunds.ts';
import { Yuan } from './yuan.tsx';

interface RefundListProps {
  readonly order: OrderView;
  /** What can be done about a refund. */
  readonly help?: (refund: RefundView) => ComponentChild;
}

/** Every refund of an order, as it stands now. */
export function RefundList({ order, help }: RefundListProps) {
  const text = useText();
  if (order.refunds.length === 0) return null;
  return (
    <section class="refunds" aria-label={text.refund.list}>
      <ul>
        {order.refunds.map((refund) => (
          <li key={refund.id} data-refund={refund.status}>
            <span class={`chip ${refund.status.toLowerCase()}`}>{text.refund.status[refund.status]}</span>
            <Yuan amount={refund.amount} small />
            {refund.failure !== null && <small>{failureText(text, refund.failure)}</small>}
            {help?.(refund)}
          </li>
        ))}
      </ul>
    </section>
  );
}
