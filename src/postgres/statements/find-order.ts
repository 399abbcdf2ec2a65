import { wholeOrderColumns } from '../rows.ts';
import type { Statement } from '../statement.ts';

export const findOrderById: Statement = {
  name: 'order-find-by-id',
  text: `select ${wholeOrderColumns} from orders o where o.merchant_id = $1 and o.id = $2`,
};

export const findOrderByNumber: Statement = {
  name: 'order-find-by-number',
  text: `select ${wholeOrderColumns} from orders o where o.merchant_id = $1 and o.merchant_order_no = $2`,
};
