import { z } from 'zod';
import { refuse, succeed } from '../sub-codes.ts';
import { readFields, text } from './fields.ts';
import type { Method } from './method.ts';
import { orderFields } from './order-fields.ts';
import { refusedCancelled, refusedSale, tradeOfSale } from './sale.ts';

const buyer = z
  .object({ buyer_id: text(28), buyer_open_id: text(128), op_buyer_open_id: text(128) })
  .partial()
  .refine((one) => (one.buyer_id ?? one.buyer_open_id ?? one.op_buyer_open_id) !== undefined, {
    path: ['buyer_id'],
    message: '不能为空',
  });
const createFields = orderFields.and(buyer);

/** alipay.trade.create: makes an unpaid trade at once, for a buyer already known. A repeat answers the same trade. */
export const create: Method = (sandbox, call) => {
  const read = readFields(createFields, call.biz);
  if (read.kind === 'refused') return read.answer;
  const { fields } = read;
  if (fields.buyer_id === sandbox.app.sellerId) return refuse('ACQ.BUYER_SELLER_EQUAL');
  const refused = refusedSale(sandbox, fields) ?? refusedCancelled(sandbox, fields);
  if (refused !== null) return refused;
  const trade = tradeOfSale(sandbox, fields, { call, by: 'create' });
  return succeed({ out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo });
};
