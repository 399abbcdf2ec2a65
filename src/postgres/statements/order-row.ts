import { orderColumns } from '../columns.ts';
import type { Statement } from '../statement.ts';

export const orderRowByNumber: Statement = {
  name: 'order-row-by-number',
  text: `select ${orderColumns} from orders o where o.merchant_id = $1 and o.merchant_order_no = $2`,
};

/** The sub-select hides from the planner how many ids there are: seeing it, it would plan anew each time. */
export const orderRowsByIds: Statement = {
  name: 'order-rows-by-ids',
  text: `select ${orderColumns} from orders o where o.merchant_id = $1 and o.id = any ((select $2::uuid[])::uuid[])`,
};
