// The inbox's question, for many notifications of one merchant at once. The answers carry the question's
// number, from 1: whether the notification has been judged, and its order, or nulls.
import { wholeOrderColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

const MAX_ORDER_NUMBER_LENGTH = 60;

/** Single rows under `limit`, not `exists` and not a join: whatever the planner knows, it reads one key for each question. */
const columns = `asked.n::int as question,
      (select true from notification_ids n where n.merchant_id = $1 and n.notify_id = asked.notify_id limit 1)
        is not null as judged,
      ${wholeOrderColumns}`;

/** The sub-selects hide from the planner how many questions there are: seeing it, it would plan anew each time. */
const asked = `unnest((select $2::uuid[]), (select $3::text[]), (select $4::text[]))
      with ordinality as asked (account_id, out_trade_no, notify_id, n)`;

const lookByOrderNumber: Statement = {
  name: 'inbox-look-by-order-number',
  text: `
    select ${columns}
    from ${asked}
    left join lateral (
      select * from orders o where o.merchant_id = $1 and o.account_id = asked.account_id
        and o.merchant_order_no = asked.out_trade_no limit 1
    ) o on true`,
};

const lookByLaterNumber: Statement = {
  name: 'inbox-look-by-later-number',
  text: `
    select ${columns}
    from ${asked}
    left join lateral (
      select p.order_id from payments p where p.merchant_id = $1 and p.out_trade_no = asked.out_trade_no limit 1
    ) owner on true
    left join lateral (
      select * from orders o where o.merchant_id = $1 and o.account_id = asked.account_id
        and o.id = ${only('owner.order_id', 'uuid')} limit 1
    ) o on true`,
};

/** An out_trade_no of up to 60 characters is an order's own number; a longer one was made for a later payment. */
export function lookFor(outTradeNo: string): Statement {
  return outTradeNo.length <= MAX_ORDER_NUMBER_LENGTH ? lookByOrderNumber : lookByLaterNumber;
}
