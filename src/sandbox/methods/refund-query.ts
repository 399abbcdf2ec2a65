import { z } from 'zod';
import { formatChinaTime } from '../china-time.ts';
import { formatYuan } from '../money.ts';
import { refuse, succeed } from '../sub-codes.ts';
import { refundOf } from '../trade.ts';
import { readFields, text } from './fields.ts';
import { findTrade, tradeReference } from './find-trade.ts';
import type { Method } from './method.ts';
import { isAsked } from './trade-fields.ts';

const queryFields = tradeReference.and(z.object({ out_request_no: text(64) }));

/** alipay.trade.fastpay.refund.query: one refund. An unknown out_request_no is a success that says nothing. */
export const refundQuery: Method = (sandbox, call) => {
  const read = readFields(queryFields, call.biz);
  if (read.kind === 'refused') return read.answer;
  const trade = findTrade(sandbox, read.fields);
  if (trade === null) return refuse('ACQ.TRADE_NOT_EXIST');
  const refund = refundOf(trade, read.fields.out_request_no);
  if (refund === undefined) return succeed({});
  const fee = formatYuan(refund.fen);
  const { biz } = call;
  return succeed({
    ...(isAsked(biz, 'gmt_refund_pay') ? { gmt_refund_pay: formatChinaTime(refund.atMs) } : {}),
    out_request_no: refund.outRequestNo,
    out_trade_no: trade.outTradeNo,
    refund_amount: fee,
    ...(isAsked(biz, 'refund_detail_item_list')
      ? { refund_detail_item_list: [{ amount: fee, fund_channel: 'ALIPAYACCOUNT' }] }
      : {}),
    ...(refund.reason === undefined ? {} : { refund_reason: refund.reason }),
    refund_status: 'REFUND_SUCCESS',
    send_back_fee: fee,
    total_amount: formatYuan(trade.totalFen),
    trade_no: trade.tradeNo,
  });
};
