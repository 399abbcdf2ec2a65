import { wholeOrderColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

export const findOrderById: Statement = {
  name: 'order-find-by-id',
  text: `select ${wholeOrderColumns} from orders o where o.merchant_id = $1 and o.id = ${only('$2', 'uuid')}`,
};

export const findOrderByNumber: Statement = {
  name: 'order-find-by-number',
  text: `select ${wholeOrderColumns} from orders o where o.merchant_id = $1 and o.merchant_order_no = $2`,
};
