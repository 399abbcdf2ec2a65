import { wholeOrderColumns } from '../columns.ts';
import type { Statement } from '../statement.ts';

/** The sub-select hides from the planner how many ids there are: seeing it, it would plan anew each time. */
export const findOrdersById: Statement = {
  name: 'orders-find-by-id',
  text: `select ${wholeOrderColumns} from orders o
    where o.merchant_id = $1 and o.id = any ((select $2::uuid[])::uuid[])`,
};

export const findOrderByNumber: Statement = {
  name: 'order-find-by-number',
  text: `select ${wholeOrderColumns} from orders o where o.merchant_id = $1 and o.merchant_order_no = $2`,
};
