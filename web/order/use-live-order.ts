import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Follow, followOrder, type Line } from '../api/follow-order.ts';
import type { Gateway } from '../api/gateway.ts';
import { firstSight, hearAnswer, hearEvent, type LiveOrder, type OrderView } from '../api/live-order.ts';

export interface LiveView {
  /** Undefined until anything of the order is known. */
  readonly live: LiveOrder | undefined;
  readonly line: Line;
  readonly hear: (order: OrderView) => void;
}

interface Subject {
  readonly orderId: string;
  readonly first?: OrderView | undefined;
}

/** An order that keeps itself current for as long as the component stands. One order a component: give it a key. */
export function useLiveOrder({ socket }: Gateway, { orderId, first }: Subject): LiveView {
  const [live, setLive] = useState(() => (first === undefined ? undefined : firstSight(first)));
  const [line, setLine] = useState<Line>('connecting');
  useEffect(() => {
    const event: Parameters<typeof followOrder>[2]['event'] = (moved) => setLive((held) => hearEvent(held, moved));
    return whileAwake(followOrder(socket, orderId, { event, line: setLine }));
  }, [socket, orderId]);
  const hear = useCallback(
    (order: OrderView) => setLive((held) => (held === undefined ? firstSight(order) : hearAnswer(held, order))),
    [],
  );
  return { live, line, hear };
}

/** The network's return and the screen's are the moments to try again at once. */
function whileAwake(follow: Follow): () => void {
  const wake = () => follow.wake();
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
    follow.stop();
  };
}
