import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import type { Stage } from '../order/stage.ts';
import { askForCode } from './ask-order.ts';

export interface Code {
  readonly problem: Problem | undefined;
  /** The till no longer asks by itself. */
  readonly stuck: boolean;
  readonly asking: boolean;
  readonly ask: () => Promise<void>;
}

/** Gaps before each question that the till asks by itself; past them a person presses the button. */
const GAPS_MS = [0, 1_500, 4_000, 8_000];
/** After an unclear answer Alipay needs a moment before asking again makes sense. */
const DOUBT_MS = 3_000;
/** Asking again cannot help with these. */
const DEFINITE = new Set(['PAYMENT_REJECTED', 'ORDER_NOT_PAYABLE', 'ORDER_NOT_FOUND', 'INVALID_INPUT', 'FORBIDDEN']);

interface Place {
  readonly orderId: string;
  readonly stage: Stage | undefined;
  /** The buyer pays another way: a code comes only when it is asked for. */
  readonly idle: boolean;
  readonly hear: (order: OrderView) => void;
}

/** Sees to it that an order that can be paid has a code to scan. The question is idempotent: it may be repeated. */
export function useCode(gateway: Gateway, { orderId, stage, idle, hear }: Place): Code {
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState(false);
  const [tries, setTries] = useState(0);
  const running = useRef(false);

  const ask = useCallback(async () => {
    if (running.current) return;
    running.current = true;
    setAsking(true);
    const answer = await askForCode(gateway, orderId);
    running.current = false;
    setAsking(false);
    if (answer.kind === 'moved') hear(answer.order);
    setProblem(answer.kind === 'moved' ? undefined : answer);
    const hopeless = answer.kind === 'refused' && DEFINITE.has(answer.code);
    setTries((before) => (hopeless ? GAPS_MS.length : before + 1));
  }, [gateway, orderId, hear]);

  useEffect(() => {
    if (stage === 'waiting') {
      setTries(0);
      setProblem(undefined);
    }
    const gapMs = GAPS_MS[tries];
    if (idle || gapMs === undefined || !(stage === 'preparing' || stage === 'ran_out' || stage === 'unknown')) return;
    const timer = setTimeout(() => void ask(), stage === 'unknown' ? DOUBT_MS + gapMs : gapMs);
    return () => clearTimeout(timer);
  }, [stage, tries, idle, ask]);

  return { problem, stuck: problem !== undefined && tries >= GAPS_MS.length, asking, ask };
}
