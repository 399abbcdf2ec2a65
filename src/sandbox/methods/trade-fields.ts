import { formatChinaTime } from '../china-time.ts';
import { formatYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Trade } from '../trade.ts';
import { BUYER_LOGON_ID } from '../trade-notices.ts';
import type { Answer } from '../wire/answer.ts';

type Biz = Readonly<Record<string, unknown>>;

/** Whether the caller asked for one of the lists that are sent only then. */
export function isAsked(biz: Biz, option: string): boolean {
  const asked: unknown = biz.query_options;
  return Array.isArray(asked) && asked.includes(option);
}

/** What pay answers while the buyer is asked. */
export function waitingTradeFields({ app }: Sandbox, trade: Trade): Answer {
  return {
    buyer_logon_id: BUYER_LOGON_ID,
    buyer_user_id: app.buyerId,
    out_trade_no: trade.outTradeNo,
    total_amount: formatYuan(trade.totalFen),
    trade_no: trade.tradeNo,
  };
}

/** What pay answers for a trade that is paid. */
export function paidTradeFields(sandbox: Sandbox, trade: Trade, biz: Biz): Answer {
  const amount = formatYuan(trade.totalFen);
  return {
    ...waitingTradeFields(sandbox, trade),
    buyer_pay_amount: amount,
    buyer_user_type: 'PRIVATE',
    ...(trade.paidAtMs === null ? {} : { gmt_payment: formatChinaTime(trade.paidAtMs) }),
    invoice_amount: amount,
    point_amount: '0.00',
    receipt_amount: amount,
    ...fundBillList(trade, biz),
  };
}

/** Newer applications get it only when they ask. */
export function fundBillList(trade: Trade, biz: Biz): Answer {
  if (!isAsked(biz, 'fund_bill_list') || trade.paidAtMs === null) return {};
  return { fund_bill_list: [{ amount: formatYuan(trade.totalFen), fund_channel: 'ALIPAYACCOUNT' }] };
}
