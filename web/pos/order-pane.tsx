import { useEffect, useRef, useState } from 'preact/hooks';
import type { Line } from '../api/follow-order.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import { LineBadge } from '../order/line-badge.tsx';
import { OrderCard } from '../order/order-card.tsx';
import { isDone, type Stage, showsCode, stageOf, takesCode } from '../order/stage.ts';
import { useLiveOrder } from '../order/use-live-order.ts';
import { isHidden } from '../page/is-hidden.ts';
import type { Once } from '../page/once.ts';
import { isDialogOpen, useKeys } from '../page/use-keys.ts';
import { useNow } from '../page/use-now.ts';
import { useText } from '../text/language.tsx';
import { CodeHelp } from './code-help.tsx';
import { OrderTools } from './order-tools.tsx';
import { PlayMoney } from './play-money.tsx';
import type { RefundDesk } from './refund-desk.ts';
import { ScanField } from './scan-field.tsx';
import { shown } from './shown.ts';
import { TillRefunds } from './till-refunds.tsx';
import { useCharge } from './use-charge.ts';
import { useCode } from './use-code.ts';
import { type Scan, useScanner } from './use-scanner.ts';

interface OrderPaneProps {
  readonly gateway: Gateway;
  readonly orderId: string;
  readonly first: OrderView | undefined;
  /** The payment code that began this sale. */
  readonly authCode: Once<string> | undefined;
  readonly refunds: RefundDesk;
  readonly sandbox: boolean;
  readonly onClose: () => void;
  readonly onMoved: (order: OrderView) => void;
  readonly onSignedOut: () => void;
}

/** One sale on the till's screen, from its code to the money, and what comes after. */
export function OrderPane(props: OrderPaneProps) {
  const { gateway, orderId, first, authCode, refunds, sandbox, onClose, onMoved, onSignedOut } = props;
  const text = useText();
  const now = useNow(gateway.clock);
  const { live, line, hear } = useLiveOrder(gateway, { orderId, first });
  const stage = live === undefined ? undefined : stageOf(live, now);
  const charge = useCharge(gateway, { orderId, first: authCode, hear });
  const code = useCode(gateway, { orderId, stage, idle: charge.byCode, hear });
  const pane = useOrderFocus(stage);
  const { order } = live ?? {};
  const [scanned, setScanned] = useState<'misread' | 'notNow'>();
  const onScan = (scan: Scan) => {
    if (isDialogOpen() || isHidden(pane.current)) return;
    if (scan.kind === 'misread') return setScanned('misread');
    const takes = stage !== undefined && takesCode(stage) && charge.charging === undefined;
    setScanned(takes ? undefined : 'notNow');
    if (takes) charge.pay(scan.code);
  };
  useScanner(onScan);
  useEffect(() => void (order !== undefined && onMoved(order)), [order, onMoved]);
  useEffect(() => void (line === 'signed_out' && onSignedOut()), [line, onSignedOut]);
  useKeys((key) => {
    if (isHidden(pane.current)) return false;
    const leave = key === 'Escape' || (key === 'Enter' && stage !== undefined && isDone(stage));
    if (leave) onClose();
    return leave;
  });
  return (
    <section class="one-order" ref={pane} aria-label={text.code.orderNo}>
      <LineBadge line={line} />
      {order === undefined || stage === undefined ? (
        <Unseen line={line} />
      ) : (
        <OrderCard order={order} {...shown(text, { order, stage, code, charge })} nowMs={now}>
          {sandbox && showsCode(stage) && <PlayMoney order={order} />}
          <p class="problem" role="alert">
            {scanned === undefined ? '' : text.scan[scanned]}
          </p>
          <CodeHelp code={code} charge={charge} stage={stage} />
          {takesCode(stage) && charge.charging === undefined && (
            <ScanField
              onCode={(typed) => onScan({ kind: 'code', code: typed })}
              onMisread={() => onScan({ kind: 'misread' })}
            />
          )}
          <TillRefunds order={order} desk={refunds} onOrder={hear} />
          <OrderTools gateway={gateway} order={order} stage={stage} refunds={refunds} hear={hear} />
        </OrderCard>
      )}
      <Leave stage={stage} onClose={onClose} />
    </section>
  );
}

/** The order's state gets the focus first; when it is over, the way on does. */
function useOrderFocus(stage: Stage | undefined) {
  const pane = useRef<HTMLElement>(null);
  const aim = stage === undefined ? '.one-order' : isDone(stage) ? '.leave' : 'h2';
  useEffect(() => {
    if (isHidden(pane.current) || isDialogOpen()) return;
    pane.current?.querySelector<HTMLElement>(aim)?.focus({ preventScroll: true });
  }, [aim]);
  return pane;
}

function Unseen({ line }: { line: Line }) {
  const { buyer, refusal } = useText();
  return <p class="unseen">{line === 'not_found' ? refusal.ORDER_NOT_FOUND : buyer.loading}</p>;
}

function Leave({ stage, onClose }: { stage: Stage | undefined; onClose: () => void }) {
  const text = useText().till;
  const done = stage !== undefined && isDone(stage);
  return (
    <footer>
      <button type="button" class={done ? 'main leave' : 'second leave'} onClick={onClose}>
        {done ? text.nextSale : text.toKeypad}
        <kbd>{done ? 'Enter' : 'Esc'}</kbd>
      </button>
      {!done && <p class="help">{text.stillOpen}</p>}
    </footer>
  );
}
