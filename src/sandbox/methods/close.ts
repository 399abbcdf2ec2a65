import { refuse, succeed } from '../sub-codes.ts';
import { moveTrade } from '../trade-moves.ts';
import { readFields } from './fields.ts';
import { findTrade, tradeReference } from './find-trade.ts';
import type { Method } from './method.ts';

/**
 * alipay.trade.close: ends an unpaid trade. A code nobody scanned has no trade, so it answers TRADE_NOT_EXIST
 * and stays payable, as at Alipay. A notify_url given with the call gets the TRADE_CLOSED notice.
 */
export const close: Method = (sandbox, call) => {
  const read = readFields(tradeReference, call.biz);
  if (read.kind === 'refused') return read.answer;
  const trade = findTrade(sandbox, read.fields);
  if (trade === null) return refuse('ACQ.TRADE_NOT_EXIST');
  const notify = call.notifyUrl === null ? undefined : true;
  const closed = moveTrade(sandbox, trade, { fact: 'closed', notify, notifyUrl: call.notifyUrl });
  if (closed === null) return refuse('ACQ.TRADE_STATUS_ERROR');
  return succeed({ out_trade_no: closed.outTradeNo, trade_no: closed.tradeNo });
};
