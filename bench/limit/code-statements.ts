// The durable work of a QR code: what Alipay's answer makes of an order that was just created.
import { evidenceAndCheck, step } from './money-statements.ts';

/** $12: the answer as it came, $13 when somebody must look again, $14 payment, $15 fen, $16 out_trade_no, $17 the code, $18 until when. */
export const offerCode = {
  name: 'limit-offer-code',
  text: `${step('')}${evidenceAndCheck}, offered as (
      insert into payments (merchant_id, order_id, id, method, status, amount_fen, out_trade_no, offer, payable_until,
        created_at)
      select merchant_id, id, $14::uuid, 'QR_CODE', 'AWAITING_BUYER', $15::bigint, $16::text, $17::text, $18::timestamptz,
        $8 from moved
    )
    select 1 from moved`,
};

/** $3: the id before which the page begins. One more than a page holds. */
export const orderPage = {
  name: 'limit-order-page',
  text: `
    select id, merchant_order_no, subject, amount_fen, refunded_fen, status, version, created_at, expires_at, paid_at
    from orders where merchant_id = $1 and id < $3 order by id desc limit $2`,
};
