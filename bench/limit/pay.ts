// A scanned payment, bare: read, write that it begins, ask Alipay, write what it said.
import { createHmac } from 'node:crypto';
import { formatBeijingTime, parseBeijingTime } from '../../src/alipay/beijing-time.ts';
import { newUuid } from '../../src/ids.ts';
import { formatAmount } from '../../src/orders/money.ts';
import type { AlipaySaid } from './alipay.ts';
import { beginPayment, finishPayment } from './money-statements.ts';
import { type MoneyNeeds, nextStep, type Sale, type Step, saleOf, timeIn, write } from './sale.ts';

export interface PayInput {
  readonly orderId: string;
  readonly authCode: string;
}

/** As long as the gateway waits with the first question, and with calling it off. */
const ASK_AFTER_MS = 3_000;
const CANCEL_AFTER_MS = 45_000;

const AUTH_CODE = /^(?:(?:2[5-9]|30)\d{14,22}|fp[0-9A-Za-z]{33})$/;

export async function payByAuthCode(needs: MoneyNeeds, { orderId, authCode }: PayInput): Promise<object | null> {
  const sale = AUTH_CODE.test(authCode) ? await saleOf(needs, orderId) : undefined;
  const isFree = sale?.status === 'PENDING' && sale.payment_id === null && sale.expires_at > new Date();
  if (sale === undefined || !isFree) return null;
  const paymentId = newUuid(new Date());
  const begun = await begin(needs, sale, { paymentId, authCode });
  const said = await needs.call('alipay.trade.pay', wishOf(sale, authCode));
  return finish(needs, sale, { paymentId, begun, said });
}

function about(sale: Sale) {
  return { amount: formatAmount(BigInt(sale.amount_fen)), method: 'AUTH_CODE', outTradeNo: sale.merchant_order_no };
}

async function begin(needs: MoneyNeeds, sale: Sale, { paymentId, authCode }: { paymentId: string; authCode: string }) {
  const codeHash = createHmac('sha256', needs.codeKey).update(`${needs.merchantId}\n${authCode}`).digest('hex');
  const data = { ...about(sale), paymentStatus: 'CREATED' };
  const what = { type: 'payment.started', status: 'PENDING', data, evidenceId: null };
  const begun = nextStep(needs, sale.id, { from: sale, ...what });
  const payment = [paymentId, sale.amount_fen, sale.merchant_order_no, timeIn(CANCEL_AFTER_MS), codeHash];
  await write(needs, beginPayment, [...begun.values, timeIn(ASK_AFTER_MS), ...payment]);
  return begun;
}

function wishOf(sale: Sale, authCode: string): object {
  const { merchant_order_no: out_trade_no, subject, store_id, terminal_id, expires_at } = sale;
  const order = { out_trade_no, total_amount: about(sale).amount, subject, time_expire: formatBeijingTime(expires_at) };
  return { ...order, store_id, terminal_id, auth_code: authCode, scene: 'bar_code' };
}

interface Paid {
  readonly paymentId: string;
  readonly begun: Step;
  readonly said: AlipaySaid;
}

async function finish(needs: MoneyNeeds, sale: Sale, { paymentId, begun, said }: Paid): Promise<object> {
  const { trade_no: tradeNo = '', gmt_payment = '', out_trade_no, total_amount } = said.fields;
  const succeededAt = parseBeijingTime(gmt_payment);
  const { amount, outTradeNo } = about(sale);
  if (out_trade_no !== outTradeNo || total_amount !== amount || succeededAt === undefined)
    throw new Error('another trade');
  const data = { ...about(sale), paymentStatus: 'SUCCEEDED', tradeNo };
  const what = { type: 'payment.succeeded', status: 'PAID', data, evidenceId: newUuid(new Date()) };
  const done = nextStep(needs, sale.id, { from: begun, ...what });
  await write(needs, finishPayment, [...done.values, said.bytes, paymentId, tradeNo, succeededAt.toISOString()]);
  const order = { id: sale.id, status: 'PAID', version: done.version };
  return { id: paymentId, ...about(sale), status: 'SUCCEEDED', tradeNo, succeededAt, order };
}
