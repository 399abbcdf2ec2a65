import { formatChinaTime, formatChinaTimeWithFraction } from './china-time.ts';
import type { Entry } from './entries.ts';
import { newNotifyId } from './ids.ts';
import { formatYuan } from './money.ts';
import type { Sandbox } from './sandbox.ts';
import { isFaceToFace, type Order, refundedFen, type Trade, type TradeFact } from './trade.ts';

export const BUYER_LOGON_ID = 'buy***@sandbox.example';
const SELLER_EMAIL = 'shop@sandbox.example';

type Cause = {
  readonly trade: Trade;
  /** null: the scan that made the trade. */
  readonly fact: TradeFact | null;
  /** Overrides the settings for this one. */
  readonly notify?: boolean | undefined;
  /** Instead of the order's own notify_url. */
  readonly notifyUrl?: string | null | undefined;
};

/** The notice a change owes, as a ledger entry; nothing when no URL was given or this change is not told. */
export function noticesOwed(sandbox: Sandbox, cause: Cause): Entry[] {
  const order = sandbox.books.orders.get(cause.trade.outTradeNo);
  const url = cause.notifyUrl ?? order?.notifyUrl ?? null;
  if (order === undefined || url === null || !(cause.notify ?? isTold(sandbox, cause))) return [];
  const nowMs = sandbox.clock.now();
  const notifyId = newNotifyId(nowMs);
  const fields = { ...commonFields(sandbox, order, notifyId), ...tradeFields(order, cause.trade) };
  const { outTradeNo, charset } = order;
  const ladder = { owedAtMs: nowMs, state: 'pending', sendings: 0, lastSendingAtMs: null, attempts: [] } as const;
  return [{ kind: 'notice_owed', notice: { notifyId, outTradeNo, url, charset, fields, ...ladder } }];
}

// Alipay's default differs by fact, not by status alone: a partial refund is told, a full one of a face-to-face trade
// usually is not.
function isTold({ settings }: Sandbox, { trade, fact }: Cause): boolean {
  switch (fact) {
    case 'partlyRefunded':
      return true;
    case 'fullyRefunded':
    case 'cancelledPaid':
      return settings.notifyFullRefund || !isFaceToFace(trade.madeBy) || settings.notifyOn.includes('TRADE_CLOSED');
    case 'paid':
    case 'closed':
    case 'timedOut':
    case 'cancelledUnpaid':
    case 'refundWindowOver':
    case null:
      return settings.notifyOn.includes(trade.status);
  }
}

function commonFields({ app }: Sandbox, order: Order, notifyId: string): Record<string, string> {
  return {
    notify_type: 'trade_status_sync',
    notify_id: notifyId,
    app_id: app.appId,
    auth_app_id: app.appId,
    charset: order.charset,
    version: '1.0',
    buyer_id: app.buyerId,
    buyer_logon_id: BUYER_LOGON_ID,
    seller_id: app.sellerId,
    seller_email: SELLER_EMAIL,
  };
}

function tradeFields({ terms }: Order, trade: Trade): Record<string, string> {
  return {
    out_trade_no: trade.outTradeNo,
    trade_no: trade.tradeNo,
    trade_status: trade.status,
    total_amount: formatYuan(trade.totalFen),
    subject: terms.subject,
    ...(terms.body === null ? {} : { body: terms.body }),
    ...(terms.passbackParams === null ? {} : { passback_params: terms.passbackParams }),
    gmt_create: formatChinaTime(trade.createdAtMs),
    ...(trade.closedAtMs === null ? {} : { gmt_close: formatChinaTime(trade.closedAtMs) }),
    ...paidFields(trade),
    ...refundFields(trade),
  };
}

function paidFields(trade: Trade): Record<string, string> {
  if (trade.paidAtMs === null) return {};
  const amount = formatYuan(trade.totalFen);
  return {
    gmt_payment: formatChinaTime(trade.paidAtMs),
    receipt_amount: amount,
    invoice_amount: amount,
    buyer_pay_amount: amount,
    point_amount: '0.00',
    fund_bill_list: JSON.stringify([{ amount, fundChannel: 'ALIPAYACCOUNT' }]),
  };
}

function refundFields(trade: Trade): Record<string, string> {
  const last = trade.refunds.at(-1);
  if (last === undefined) return {};
  const cumulative = formatYuan(refundedFen(trade));
  return {
    refund_fee: cumulative,
    send_back_fee: cumulative,
    gmt_refund: formatChinaTimeWithFraction(last.atMs),
    out_biz_no: last.outRequestNo,
  };
}
