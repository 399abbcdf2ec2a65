import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { OrderView } from '../api/live-order.ts';
import { fenOf, grouped, yuanOf } from '../order/amount.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import type { RefundDesk } from './refund-desk.ts';
import { refundTyped } from './refund-typed.ts';

interface RefundDialogProps {
  /** What can still be given back, in fen. */
  readonly rest: bigint;
  readonly desk: RefundDesk;
  readonly onOrder: (order: OrderView) => void;
  readonly onClose: () => void;
}

export function RefundDialog({ rest, desk, onOrder, onClose }: RefundDialogProps) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const lost = desk.unanswered();
  const [typed, setTyped] = useState(lost?.amount ?? yuanOf(rest));
  const [reason, setReason] = useState(lost?.reason ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(lost === undefined ? undefined : { kind: 'no_answer' });
  // Before it is painted: the next key is meant for it.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    // The lost answer has come another way: the refund is there.
    if (!busy && problem?.kind === 'no_answer' && desk.unanswered() === undefined) onClose();
  });
  // While an answer is missing the money may be on its way: what was asked for stays as it is.
  const locked = busy || problem?.kind === 'no_answer';
  const fen = locked && lost !== undefined ? fenOf(lost.amount) : refundTyped(typed, rest);
  const give = async (event: Event) => {
    event.preventDefault();
    if (busy || fen === undefined) return;
    setBusy(true);
    setProblem(undefined);
    const answer = await desk.give({ amount: yuanOf(fen), reason: reason.trim() || undefined });
    setBusy(false);
    if (answer.kind !== 'given_back') return setProblem(answer);
    onOrder(answer.order);
    onClose();
  };
  return (
    <dialog ref={dialog} class="card" aria-labelledby="refund-title" onClose={onClose}>
      <form onSubmit={give}>
        <h2 id="refund-title">{text.refund.title}</h2>
        <AmountField typed={typed} rest={rest} disabled={locked} onTyped={setTyped} />
        <ReasonField value={reason} disabled={locked} onValue={setReason} />
        <p class="problem" role="alert">
          {problem === undefined ? '' : problemText(text, problem, text.refund.unanswered)}
        </p>
        <button type="submit" class="main" disabled={busy || fen === undefined}>
          {busy ? text.refund.busy : text.refund.go(grouped(yuanOf(fen ?? 0n)))}
        </button>
        <button type="button" class="second" onClick={() => dialog.current?.close()}>
          {text.refund.close}
        </button>
      </form>
    </dialog>
  );
}

interface AmountFieldProps {
  readonly typed: string;
  readonly rest: bigint;
  readonly disabled: boolean;
  readonly onTyped: (typed: string) => void;
}

function AmountField({ typed, rest, disabled, onTyped }: AmountFieldProps) {
  const text = useText().refund;
  const all = yuanOf(rest);
  return (
    <div class="field">
      <label for="refund-amount">{text.amount}</label>
      <div class="beside">
        <input
          id="refund-amount"
          type="text"
          inputMode="decimal"
          autocomplete="off"
          maxLength={12}
          aria-describedby="refund-most"
          aria-invalid={!disabled && refundTyped(typed, rest) === undefined}
          disabled={disabled}
          value={typed}
          onInput={(event) => onTyped(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="second" disabled={disabled || typed === all} onClick={() => onTyped(all)}>
          {text.all}
        </button>
      </div>
      <small id="refund-most">{text.atMost(grouped(all))}</small>
    </div>
  );
}

interface ReasonFieldProps {
  readonly value: string;
  readonly disabled: boolean;
  readonly onValue: (value: string) => void;
}

function ReasonField({ value, disabled, onValue }: ReasonFieldProps) {
  const text = useText().refund;
  return (
    <div class="field">
      <label for="refund-reason">{text.reason}</label>
      <input
        id="refund-reason"
        type="text"
        autocomplete="off"
        maxLength={256}
        aria-describedby="refund-reason-hint"
        disabled={disabled}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <small id="refund-reason-hint">{text.reasonHint}</small>
    </div>
  );
}
