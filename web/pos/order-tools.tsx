import { useEffect, useState } from 'preact/hooks';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import { refundableFen } from '../order/refunds.ts';
import type { Stage } from '../order/stage.ts';
import { SureButton } from '../page/sure-button.tsx';
import { useText } from '../text/language.tsx';
import { actionsFor, type OrderAction, wantsSecondTap } from './order-actions.ts';
import type { RefundDesk } from './refund-desk.ts';
import { RefundDialog } from './refund-dialog.tsx';
import { type Desk, deskProblem, useDesk } from './use-desk.ts';

interface OrderToolsProps {
  readonly gateway: Gateway;
  readonly order: OrderView;
  readonly stage: Stage;
  readonly refunds: RefundDesk;
  readonly hear: (order: OrderView) => void;
}

/** What can be done to an order beside getting it paid. */
export function OrderTools({ gateway, order, stage, refunds, hear }: OrderToolsProps) {
  const text = useText();
  const desk = useDesk(gateway, { orderId: order.id, hear });
  const [refunding, setRefunding] = useState(false);
  useEffect(() => refunds.seen(order.refunds.map(({ refundNo }) => refundNo)), [refunds, order]);
  const actions = actionsFor(order, stage);
  const rest = refundableFen(order);
  if (actions.length === 0 && rest === 0n) return null;
  return (
    <>
      <p class="problem" role="alert">
        {desk.failed === undefined ? '' : deskProblem(text, desk.failed)}
      </p>
      <fieldset class="tools" aria-label={text.desk.actions}>
        {actions.map((action) => (
          <Tool key={action} action={action} desk={desk} />
        ))}
        {rest > 0n && (
          <button type="button" class="second" disabled={desk.busy !== undefined} onClick={() => setRefunding(true)}>
            {text.refund.open}
          </button>
        )}
      </fieldset>
      {refunding && <RefundDialog rest={rest} desk={refunds} onOrder={hear} onClose={() => setRefunding(false)} />}
    </>
  );
}

function Tool({ action, desk }: { action: OrderAction; desk: Desk }) {
  const text = useText().desk;
  const { label, sure } = text.action[action];
  const said = desk.busy === action ? text.busy : label;
  const disabled = desk.busy !== undefined;
  const run = () => desk.run(action);
  if (wantsSecondTap(action))
    return <SureButton label={said} sure={sure} no={text.no} disabled={disabled} onSure={run} />;
  return (
    <button type="button" class="second" disabled={disabled} onClick={run}>
      {said}
    </button>
  );
}
