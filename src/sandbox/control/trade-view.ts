import { whyDead } from '../buyer.ts';
import { formatYuan } from '../money.ts';
import type { Notice } from '../notice.ts';
import { qrContent, type Sandbox } from '../sandbox.ts';
import type { Code, Order, Trade } from '../trade.ts';
import { tradeNow } from '../trade-moves.ts';

/** What scan, pay, close, refund and finish answer. */
export function tradeSummary(trade: Trade) {
  const { outTradeNo, tradeNo, status } = trade;
  return { outTradeNo, tradeNo, status, amount: formatYuan(trade.totalFen) };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A trade with its refunds and notifications. */
export function tradeView({ books }: Sandbox, trade: Trade) {
  const ids = books.noticesOf.get(trade.outTradeNo) ?? [];
  return {
    ...tradeSummary(trade),
    subject: books.orders.get(trade.outTradeNo)?.terms.subject ?? '',
    madeBy: trade.madeBy,
    cancelAction: cancelAction(trade),
    createdAt: iso(trade.createdAtMs),
    expiresAt: iso(trade.expiresAtMs),
    paidAt: iso(trade.paidAtMs),
    closedAt: iso(trade.closedAtMs),
    refunds: trade.refunds.map((refund) => ({
      outRequestNo: refund.outRequestNo,
      amount: formatYuan(refund.fen),
      at: iso(refund.atMs),
      reason: refund.reason ?? null,
    })),
    notifications: ids
      .map((id) => books.notices.get(id))
      .filter((notice) => notice !== undefined)
      .map(noticeView),
  };
}

/** What a cancel did to it; null when none did. */
function cancelAction(trade: Trade): 'close' | 'refund' | null {
  if (trade.lastFact === 'cancelledUnpaid') return 'close';
  return trade.lastFact === 'cancelledPaid' ? 'refund' : null;
}

function noticeView(notice: Notice) {
  return {
    notifyId: notice.notifyId,
    status: notice.fields.trade_status ?? '',
    refundFee: notice.fields.refund_fee ?? null,
    url: notice.url,
    state: notice.state,
    sendings: notice.sendings,
    attempts: notice.attempts.map(({ atMs, ...attempt }) => ({ at: iso(atMs), ...attempt })),
  };
}

/** An order as calls left it, with its QR codes and cashier pages. */
export function orderView(sandbox: Sandbox, order: Order) {
  return {
    outTradeNo: order.outTradeNo,
    amount: formatYuan(order.terms.totalFen),
    subject: order.terms.subject,
    notifyUrl: order.notifyUrl,
    precreates: order.precreates,
    cancelled: sandbox.books.cancelled.has(order.outTradeNo),
    scanned: tradeNow(sandbox, order.outTradeNo) !== null,
    codes: order.codes.filter((code) => code.cashier === undefined).map((code) => codeView(sandbox, code)),
    cashiers: order.codes.filter((code) => code.cashier !== undefined).map((code) => cashierView(sandbox, code)),
  };
}

function codeView(sandbox: Sandbox, code: Code) {
  return { qrCode: qrContent(sandbox, code.code), ...lifeView(sandbox, code) };
}

function cashierView(sandbox: Sandbox, code: Code) {
  return {
    page: qrContent(sandbox, code.code),
    returnUrl: code.cashier?.returnUrl ?? null,
    ...lifeView(sandbox, code),
  };
}

function lifeView(sandbox: Sandbox, code: Code) {
  return {
    createdAt: iso(code.createdAtMs),
    expiresAt: iso(code.expiresAtMs),
    state: whyDead(code, sandbox.clock.now()) ?? 'live',
  };
}
