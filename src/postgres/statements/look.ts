import { wholeOrderColumns } from '../rows.ts';
import type { Statement } from '../statement.ts';

const MAX_ORDER_NUMBER_LENGTH = 60;

const judged = `exists (select from notification_ids n where n.merchant_id = $1 and n.notify_id = $4) as judged`;

/** Always one row: whether the notification has been judged, and its order, or nulls. */
const lookByOrderNumber: Statement = {
  name: 'inbox-look-by-order-number',
  text: `
    select ${judged}, ${wholeOrderColumns}
    from (select) one
    left join orders o on o.merchant_id = $1 and o.account_id = $2 and o.merchant_order_no = $3`,
};

const lookByLaterNumber: Statement = {
  name: 'inbox-look-by-later-number',
  text: `
    select ${judged}, ${wholeOrderColumns}
    from (select) one
    left join lateral (
      select p.order_id from payments p where p.merchant_id = $1 and p.out_trade_no = $3 limit 1
    ) owner on true
    left join orders o on o.merchant_id = $1 and o.account_id = $2 and o.id = owner.order_id`,
};

/** An out_trade_no of up to 60 characters is an order's own number; a longer one was made for a later payment. */
export function lookFor(outTradeNo: string): Statement {
  return outTradeNo.length <= MAX_ORDER_NUMBER_LENGTH ? lookByOrderNumber : lookByLaterNumber;
}
