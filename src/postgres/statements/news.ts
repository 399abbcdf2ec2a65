import { MAY_BE_OVER } from '../../orders/order.ts';
import { eventColumns, orderColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

/**
 * What has happened since a version, for many orders at once: order ids, the versions (-1: only the latest event), how many
 * events of each at most. Versions have no gaps, so that the latest is the one after the last but one.
 * Most ask in vain, because a wake-up names no version: an order without news has no row, unless it may be over.
 * The limit keeps the planner from joining over all orders of the merchant while it believes that there are few.
 */
export const newsOfOrders: Statement = {
  name: 'news-of-orders',
  text: `select asked.place::int as place, ${orderColumns},
      (select json_agg(e) from (select ${eventColumns} from order_events e
        where e.merchant_id = o.merchant_id and e.order_id = o.id
          and e.version > case asked.version when -1 then o.version - 1 else asked.version end
        order by e.version limit $4) e) as events
    from unnest($2::uuid[], $3::int[]) with ordinality as asked (order_id, version, place)
    cross join lateral (
      select ${orderColumns} from orders o where o.merchant_id = $1 and o.id = ${only('asked.order_id', 'uuid')} limit 1) o
    where o.version > asked.version or o.status in (${MAY_BE_OVER.map((status) => `'${status}'`).join(', ')})`,
};
