import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import type { Once } from '../page/once.ts';
import { charge } from './ask-order.ts';

export interface Charge {
  /** The code's last digits while it is being charged. Never more of it. */
  readonly charging: string | undefined;
  readonly problem: Problem | undefined;
  /** The buyer shows a code to us, rather than scanning ours. */
  readonly byCode: boolean;
  readonly pay: (authCode: string) => void;
  /** Back to a code that the buyer scans. */
  readonly leave: () => void;
}

interface Place {
  readonly orderId: string;
  /** The code that was scanned at the keypad and began this sale. */
  readonly first: Once<string> | undefined;
  readonly hear: (order: OrderView) => void;
}

/** Charges scanned payment codes, one at a time. A code lives in this call alone. */
export function useCharge(gateway: Gateway, { orderId, first, hear }: Place): Charge {
  const [charging, setCharging] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [byCode, setByCode] = useState(first !== undefined);
  const running = useRef(false);

  const pay = useCallback(
    async (authCode: string) => {
      if (running.current) return;
      running.current = true;
      setByCode(true);
      setProblem(undefined);
      setCharging(authCode.slice(-4));
      const answer = await charge(gateway, orderId, authCode);
      running.current = false;
      setCharging(undefined);
      if (answer.kind === 'moved') hear(answer.order);
      else setProblem(answer);
    },
    [gateway, orderId, hear],
  );
  useEffect(() => {
    const authCode = first?.take();
    if (authCode !== undefined) void pay(authCode);
  }, [first, pay]);
  const leave = useCallback(() => {
    setByCode(false);
    setProblem(undefined);
  }, []);
  return { charging, problem, byCode, pay: (authCode) => void pay(authCode), leave };
}
