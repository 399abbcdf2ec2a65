import { useEffect, useRef } from 'preact/hooks';
import type { Line } from '../api/follow-order.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import { LineBadge } from '../order/line-badge.tsx';
import { OrderCard } from '../order/order-card.tsx';
import { currentPayment, type Stage, showsCode, stageOf } from '../order/stage.ts';
import { useLiveOrder } from '../order/use-live-order.ts';
import { playLink } from '../order/wallet-link.ts';
import { useKeys } from '../page/use-keys.ts';
import { useNow } from '../page/use-now.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import type { Said, Text } from '../text/shape.ts';
import { type Code, useCode } from './use-code.ts';

interface OrderPaneProps {
  readonly gateway: Gateway;
  readonly orderId: string;
  readonly first: OrderView | undefined;
  readonly sandbox: boolean;
  readonly onClose: () => void;
  readonly onMoved: (order: OrderView) => void;
  readonly onSignedOut: () => void;
}

/** One sale on the till's screen, from its code to the money. */
export function OrderPane({ gateway, orderId, first, sandbox, onClose, onMoved, onSignedOut }: OrderPaneProps) {
  const text = useText();
  const now = useNow(gateway.clock);
  const { live, line, hear } = useLiveOrder(gateway, { orderId, first });
  const stage = live === undefined ? undefined : stageOf(live, now);
  const code = useCode(gateway, { orderId, stage, hear });
  const pane = useOrderFocus(stage);
  const order = live?.order;
  useEffect(() => void (order !== undefined && onMoved(order)), [order, onMoved]);
  useEffect(() => void (line === 'signed_out' && onSignedOut()), [line, onSignedOut]);
  useKeys((key) => {
    if (pane.current?.offsetParent == null) return false;
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
        <OrderCard order={order} {...shown(stage, code, text)} nowMs={now}>
          {sandbox && showsCode(stage) && <PlayMoney order={order} />}
          <Help code={code} stage={stage} />
        </OrderCard>
      )}
      <Leave stage={stage} onClose={onClose} />
    </section>
  );
}

/** A sale that gets no code must not look as if one were coming. */
function shown(stage: Stage, { problem, stuck }: Code, text: Text): { stage: Stage; said: Said } {
  if (stage !== 'preparing' || problem === undefined || !stuck) return { stage, said: text.stage[stage] };
  const hint = problemText(text, problem);
  return problem.kind === 'refused' && problem.code === 'PAYMENT_REJECTED'
    ? { stage: 'failed', said: { title: text.stage.failed.title, hint: `${hint} ${text.stage.failed.hint}` } }
    : { stage: 'ran_out', said: { title: text.till.noCode, hint } };
}

function isDone(stage: Stage): boolean {
  return stage === 'paid' || stage === 'expired' || stage === 'cancelled' || stage === 'refunded';
}

/** The order's state gets the focus first; when it is over, the way on does. */
function useOrderFocus(stage: Stage | undefined) {
  const pane = useRef<HTMLElement>(null);
  const aim = stage === undefined ? '.one-order' : isDone(stage) ? '.leave' : 'h2';
  useEffect(() => {
    if (pane.current?.offsetParent != null)
      pane.current.querySelector<HTMLElement>(aim)?.focus({ preventScroll: true });
  }, [aim]);
  return pane;
}

function Unseen({ line }: { line: Line }) {
  const { buyer, refusal } = useText();
  return <p class="unseen">{line === 'not_found' ? refusal.ORDER_NOT_FOUND : buyer.loading}</p>;
}

function PlayMoney({ order }: { order: OrderView }) {
  const text = useText().till;
  const link = playLink(currentPayment(order)?.qrCode?.content ?? '');
  if (link === undefined) return null;
  return (
    <p class="play">
      {text.play}{' '}
      <a href={link} target="_blank" rel="noreferrer">
        {text.openWallet}
      </a>
    </p>
  );
}

/** What is wrong with the code, and the button that may help. */
function Help({ code, stage }: { code: Code; stage: Stage }) {
  const text = useText();
  const offered = stage === 'ran_out' || stage === 'failed' || stage === 'unknown' || code.problem !== undefined;
  if (!offered || isDone(stage) || showsCode(stage)) return null;
  return (
    <>
      <p class="problem" role="alert">
        {code.problem === undefined || (code.stuck && stage === 'preparing') ? '' : problemText(text, code.problem)}
      </p>
      <button type="button" class="second" disabled={code.asking} onClick={() => void code.ask()}>
        {stage === 'ran_out' ? text.till.newCode : text.till.tryAgain}
      </button>
    </>
  );
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
