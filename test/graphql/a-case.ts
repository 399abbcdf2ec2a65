import type { Case } from '../../src/orders/case.ts';
import { MERCHANT, NOON, newId, TRADE } from '../support/orders.ts';

/** Money that came after the order was cancelled. */
export function aCase(fields: Partial<Case> = {}): Case {
  return {
    id: newId(),
    merchantId: MERCHANT,
    orderId: null,
    kind: 'late',
    amountFen: 999n,
    outTradeNo: 'A-1',
    tradeNo: TRADE,
    evidenceId: newId(),
    policy: 'HOLD',
    state: 'OPEN',
    openedAt: NOON,
    resolvedAt: null,
    note: null,
    ...fields,
  };
}
