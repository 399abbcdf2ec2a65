import { illegal, type OrderAction } from './cancel-order.ts';
import { type ChangeNeeds, changeOrder } from './change-order.ts';
import { draftOf, putEvent, putOrder } from './draft.ts';
import type { EventType } from './event.ts';
import { faultInNote } from './input-rules.ts';
import { next } from './life.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import { orderLife, type WholeOrder } from './order.ts';
import type { OrderOutcome } from './outcomes.ts';

export type HandOverFact = 'shipped' | 'completed' | 'returned';

const EVENTS: Readonly<Record<HandOverFact, EventType>> = {
  shipped: 'order.shipped',
  completed: 'order.completed',
  returned: 'order.returned',
};

/** The goods left, arrived, or came back. Told again it stays as it is. */
export async function handOver(
  needs: ChangeNeeds & Pick<DeskNeeds, 'newId'>,
  { merchantId, ref, fact, reason }: OrderAction & { readonly fact: HandOverFact },
): Promise<OrderOutcome> {
  const fault = faultInNote('reason', reason);
  if (fault !== undefined) return fault;
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  return changeOrder<OrderOutcome>(needs, order, (current: WholeOrder) => {
    const status = next(orderLife, current.status, fact);
    if (status === undefined) return { draft: draftOf(current), evidence: null, outcome: illegal(current, fact) };
    if (status === current.status)
      return { draft: draftOf(current), evidence: null, outcome: { kind: 'order', order: current } };
    const data = reason === null ? {} : { note: reason };
    const moved = putOrder(draftOf(current), { status });
    const draft = putEvent(moved, ownMoment(needs), { type: EVENTS[fact], data });
    return { draft, evidence: null, outcome: { kind: 'order', order: draft.after } };
  });
}
