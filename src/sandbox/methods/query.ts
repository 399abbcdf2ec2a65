import { formatChinaTime } from '../china-time.ts';
import { formatYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import { refuse, succeed } from '../sub-codes.ts';
import type { Trade } from '../trade.ts';
import { BUYER_LOGON_ID } from '../trade-notices.ts';
import type { Answer } from '../wire/answer.ts';
import { readFields } from './fields.ts';
import { findTrade, tradeReference } from './find-trade.ts';
import type { Method } from './method.ts';
import { fundBillList } from './trade-fields.ts';

const NOTHING = { buyer_pay_amount: '0.00', invoice_amount: '0.00', point_amount: '0.00', receipt_amount: '0.00' };

/** alipay.trade.query: the trade as it stands. TRADE_NOT_EXIST is normal for a code nobody scanned. */
export const query: Method = (sandbox, call) => {
  const read = readFields(tradeReference, call.biz);
  if (read.kind === 'refused') return { ...read.answer, ...NOTHING };
  const trade = findTrade(sandbox, read.fields);
  if (trade === null) {
    const { out_trade_no, trade_no } = read.fields;
    const echo = {
      ...(out_trade_no === undefined ? {} : { out_trade_no }),
      ...(trade_no === undefined ? {} : { trade_no }),
    };
    return { ...refuse('ACQ.TRADE_NOT_EXIST'), ...NOTHING, ...echo };
  }
  return succeed({ ...tradeFields(sandbox, trade), ...fundBillList(trade, call.biz) });
};

function tradeFields(sandbox: Sandbox, trade: Trade): Answer {
  const terms = sandbox.books.orders.get(trade.outTradeNo)?.terms;
  const isPaid = trade.paidAtMs !== null;
  const paid = formatYuan(isPaid ? trade.totalFen : 0);
  return {
    buyer_logon_id: BUYER_LOGON_ID,
    buyer_pay_amount: paid,
    buyer_user_id: sandbox.app.buyerId,
    buyer_user_type: 'PRIVATE',
    invoice_amount: paid,
    out_trade_no: trade.outTradeNo,
    point_amount: '0.00',
    receipt_amount: paid,
    ...(trade.paidAtMs === null ? {} : { send_pay_date: formatChinaTime(trade.paidAtMs) }),
    ...(terms?.storeId ? { store_id: terms.storeId } : {}),
    ...(terms?.terminalId ? { terminal_id: terms.terminalId } : {}),
    ...(terms?.passbackParams ? { passback_params: terms.passbackParams } : {}),
    total_amount: formatYuan(trade.totalFen),
    trade_no: trade.tradeNo,
    trade_status: trade.status,
  };
}
