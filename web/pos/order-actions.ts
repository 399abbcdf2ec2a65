// What a cashier may do to an order where it stands. The gateway's life table decides; this only keeps what it would
// refuse off the screen.
import type { OrderView } from '../api/live-order.ts';
import { refundableFen } from '../order/refunds.ts';
import { isInDoubt, type Stage } from '../order/stage.ts';

/** `reverse` undoes the sale, whichever way fits. `sync` asks Alipay now. */
export type OrderAction = 'cancel' | 'reverse' | 'ship' | 'complete' | 'return' | 'sync';

/** In the order in which they are shown. */
export function actionsFor(order: OrderView, stage: Stage): readonly OrderAction[] {
  const undo: readonly OrderAction[] = refundableFen(order) > 0n ? ['reverse'] : [];
  switch (order.status) {
    case 'PENDING':
      return pendingActions(stage);
    case 'PAID':
      return ['complete', 'ship', ...undo];
    case 'SHIPPING':
      return ['complete', 'return', ...undo];
    case 'COMPLETED':
      return ['return', ...undo];
    case 'RETURNED':
      return undo;
    case 'CANCELLED':
    case 'REFUNDED':
      return [];
  }
}

/** A payment code in doubt is undone, not cancelled: its money may be there already. */
function pendingActions(stage: Stage): readonly OrderAction[] {
  if (isInDoubt(stage)) return ['sync', 'reverse'];
  if (stage === 'expired') return ['sync'];
  return stage === 'scanned' || stage === 'unknown' || stage === 'at_alipay' ? ['sync', 'cancel'] : ['cancel'];
}

/** These end something: they want a second tap. */
export function wantsSecondTap(action: OrderAction): boolean {
  return action === 'cancel' || action === 'reverse' || action === 'return';
}
