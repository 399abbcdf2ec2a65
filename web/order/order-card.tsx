import type { ComponentChildren } from 'preact';
import type { OrderView } from '../api/live-order.ts';
import { useText } from '../text/language.tsx';
import type { Said } from '../text/shape.ts';
import { clockFace, secondsLeft } from './countdown.ts';
import { Figure } from './figure.tsx';
import { payingPayment } from './refunds.ts';
import { currentPayment, isInDoubt, type Stage, showsCode } from './stage.ts';
import { Yuan } from './yuan.tsx';

interface Card {
  readonly order: OrderView;
  readonly stage: Stage;
  readonly said: Said;
  readonly nowMs: number;
  /** On the buyer's own phone the code is of no use. */
  readonly onPhone?: boolean;
  readonly children?: ComponentChildren;
}

/** An order for a person to look at: what, how much, the code or the sign, and where it stands. */
export function OrderCard({ order, stage, said, nowMs, onPhone = false, children }: Card) {
  const { code } = useText();
  const tradeNo = payingPayment(order)?.tradeNo ?? null;
  return (
    <article class={`order ${stage}`} data-stage={stage} data-order-id={order.id}>
      <header>
        <p class="subject">{order.subject}</p>
        <Yuan amount={order.amount} />
        {order.refundedAmount !== '0.00' && (
          <p class="note">
            {code.refunded} <Yuan amount={order.refundedAmount} small />
          </p>
        )}
      </header>
      <Figure stage={stage} payment={currentPayment(order)} amount={order.amount} onPhone={onPhone} />
      <div class="status" role="status" aria-live="polite" aria-atomic="true">
        <h2 tabIndex={-1}>{said.title}</h2>
        <p>{said.hint}</p>
      </div>
      {showsCode(stage) && <TimeLeft order={order} nowMs={nowMs} />}
      {isInDoubt(stage) && <Doubt until={currentPayment(order)?.callOffAt ?? null} nowMs={nowMs} />}
      {children}
      <p class="number">
        {code.orderNo} <span>{order.merchantOrderNo}</span>
        {tradeNo !== null && (
          <>
            <br />
            {code.tradeNo} <span>{tradeNo}</span>
          </>
        )}
      </p>
    </article>
  );
}

function TimeLeft({ order, nowMs }: { order: OrderView; nowMs: number }) {
  const { code } = useText();
  const until = currentPayment(order)?.qrCode?.expiresAt ?? order.expiresAt;
  const seconds = secondsLeft(until, nowMs);
  return (
    <p class={seconds <= 60 ? 'left soon' : 'left'} role="timer">
      {code.left} <b>{clockFace(seconds)}</b>
    </p>
  );
}

/** A payment code in doubt: until when Alipay is asked, and that the doubt ends by itself. */
function Doubt({ until, nowMs }: { until: string | null; nowMs: number }) {
  const { desk } = useText();
  const seconds = until === null ? undefined : secondsLeft(until, nowMs);
  return (
    <p class="left doubt" role="timer">
      {seconds !== undefined && <b>{seconds > 0 ? desk.asking(clockFace(seconds)) : desk.callingOff}</b>}
      <small>{desk.byItself}</small>
    </p>
  );
}
