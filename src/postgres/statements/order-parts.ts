import { eventColumns, paymentColumns, refundColumns } from '../columns.ts';
import type { Statement } from '../statement.ts';

export const paymentsOfOrders: Statement = {
  name: 'payments-of-orders',
  text: `select ${paymentColumns} from payments p where p.merchant_id = $1 and p.order_id = any ($2::uuid[])
    order by p.order_id, p.id`,
};

export const refundsOfOrders: Statement = {
  name: 'refunds-of-orders',
  text: `select ${refundColumns} from refunds r where r.merchant_id = $1 and r.order_id = any ($2::uuid[])
    order by r.order_id, r.id`,
};

export const eventsOfOrders: Statement = {
  name: 'events-of-orders',
  text: `select ${eventColumns} from order_events e where e.merchant_id = $1 and e.order_id = any ($2::uuid[])
    order by e.order_id, e.version`,
};

export const paymentRowById: Statement = {
  name: 'payment-by-id',
  text: `select ${paymentColumns} from payments p where p.merchant_id = $1 and p.id = $2`,
};

export const refundRowById: Statement = {
  name: 'refund-by-id',
  text: `select ${refundColumns} from refunds r where r.merchant_id = $1 and r.id = $2`,
};
