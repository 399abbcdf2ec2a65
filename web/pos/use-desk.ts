import { useCallback, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import { problemText } from '../text/problem-text.ts';
import type { Text } from '../text/shape.ts';
import { act } from './ask-order.ts';
import type { OrderAction } from './order-actions.ts';

export interface Desk {
  /** What is being done. */
  readonly busy: OrderAction | undefined;
  readonly failed: { readonly action: OrderAction; readonly problem: Problem } | undefined;
  readonly run: (action: OrderAction) => void;
}

interface Place {
  readonly orderId: string;
  readonly hear: (order: OrderView) => void;
}

/** Does one thing at a time to an order. */
export function useDesk(gateway: Gateway, { orderId, hear }: Place): Desk {
  const [busy, setBusy] = useState<OrderAction>();
  const [failed, setFailed] = useState<Desk['failed']>();
  const running = useRef(false);
  const run = useCallback(
    async (action: OrderAction) => {
      if (running.current) return;
      running.current = true;
      setBusy(action);
      setFailed(undefined);
      const answer = await act(gateway, action, orderId);
      running.current = false;
      setBusy(undefined);
      if (answer.kind === 'moved') hear(answer.order);
      else setFailed({ action, problem: answer });
    },
    [gateway, orderId, hear],
  );
  return { busy, failed, run: (action) => void run(action) };
}

/** A refusal to undo or cancel while Alipay is not clear is no failure: it says how it goes on. */
export function deskProblem(text: Text, { action, problem }: NonNullable<Desk['failed']>): string {
  const unclear = problem.kind === 'refused' && problem.code === 'PAYMENT_UNRESOLVED';
  if (unclear && action === 'reverse') return text.desk.undoNoted;
  return unclear && action === 'cancel' ? text.desk.cancelLater : problemText(text, problem);
}
