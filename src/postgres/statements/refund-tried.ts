import type { Statement } from '../statement.ts';

/** Not the order's business: only who holds its check sends refunds, and nobody decides by this without it. */
export const markRefundTried: Statement = {
  name: 'refund-tried',
  text: `update refunds set tried_at = $3 where merchant_id = $1 and id = $2`,
};
