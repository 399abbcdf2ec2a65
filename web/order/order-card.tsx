import type { ComponentChildren } from 'preact';
import type { OrderView } from '../api/live-order.ts';
import { useText } from '../text/language.tsx';
import type { Said } from '../text/shape.ts';
import { grouped } from './amount.ts';
import { clockFace, secondsLeft } from './countdown.ts';
import { Figure } from './figure.tsx';
import { currentPayment, type Stage, showsCode } from './stage.ts';

interface Card {
  readonly order: OrderView;
  readonly stage: Stage;
  readonly said: Said;
  readonly nowMs: number;
  readonly children?: ComponentChildren;
}

/** An order for a person to look at: what, how much, the code or the sign, and where it stands. */
export function OrderCard({ order, stage, said, nowMs, children }: Card) {
  const { code } = useText();
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
      <Figure stage={stage} payment={currentPayment(order)} amount={order.amount} />
      <div class="status" role="status" aria-live="polite" aria-atomic="true">
        <h2 tabIndex={-1}>{said.title}</h2>
        <p>{said.hint}</p>
      </div>
      {showsCode(stage) && <TimeLeft order={order} nowMs={nowMs} />}
      {children}
      <p class="number">
        {code.orderNo} <span>{order.merchantOrderNo}</span>
      </p>
    </article>
  );
}

export function Yuan({ amount, small = false }: { amount: string; small?: boolean }) {
  return (
    <span class={small ? 'yuan small' : 'yuan'}>
      <span class="sign-yuan">¥</span>
      {grouped(amount)}
    </span>
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
