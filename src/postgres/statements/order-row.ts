import { orderColumns } from '../rows.ts';
import type { Statement } from '../statement.ts';

export const orderRowById: Statement = {
  name: 'order-row-by-id',
  text: `select ${orderColumns} from orders o where o.merchant_id = $1 and o.id = $2`,
};

export const orderRowByNumber: Statement = {
  name: 'order-row-by-number',
  text: `select ${orderColumns} from orders o where o.merchant_id = $1 and o.merchant_order_no = $2`,
};

export const orderRowsByIds: Statement = {
  name: 'order-rows-by-ids',
  text: `select ${orderColumns} from orders o where o.merchant_id = $1 and o.id = any ($2::uuid[])`,
};
