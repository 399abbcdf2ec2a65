// An order and its QR code, bare: write the order, ask Alipay, write what it said.
import { formatBeijingTime } from '../../src/alipay/beijing-time.ts';
import { newUuid } from '../../src/ids.ts';
import { parseAmount } from '../../src/orders/money.ts';
import { offerCode } from './code-statements.ts';
import type { Created, OrderInput } from './create-order.ts';
import { type MoneyNeeds, nextStep, timeIn, write } from './sale.ts';

/** As long as the gateway waits with its first question. */
const ASK_AFTER_MS = 3_000;

/** The payment of an order that has just been made. */
export async function offer(needs: MoneyNeeds, created: Created, input: OrderInput): Promise<object> {
  const { id, merchantOrderNo: outTradeNo, amount, expiresAt, hash } = created;
  const { subject, storeId, terminalId } = input;
  const asked = { out_trade_no: outTradeNo, total_amount: amount, subject, time_expire: formatBeijingTime(expiresAt) };
  const wish = { ...asked, store_id: storeId, terminal_id: terminalId };
  const { fields, bytes } = await needs.call('alipay.trade.precreate', wish);
  const content = fields.qr_code;
  if (content === undefined || fields.out_trade_no !== outTradeNo) throw new Error('another trade');
  const data = { amount, method: 'QR_CODE', outTradeNo, paymentStatus: 'AWAITING_BUYER' };
  const what = { type: 'payment.precreated', status: 'PENDING', data, evidenceId: newUuid(new Date()) };
  const { version, values } = nextStep(needs, id, { from: { version: 1, last_hash: hash }, ...what });
  const paymentId = newUuid(new Date());
  const payment = [paymentId, parseAmount(amount)?.toString(), outTradeNo, content, expiresAt.toISOString()];
  await write(needs, offerCode, [...values, bytes, timeIn(ASK_AFTER_MS), ...payment]);
  const order = { id, status: 'PENDING', version };
  const qrCode = { content, expiresAt };
  return { id: paymentId, method: 'QR_CODE', status: 'AWAITING_BUYER', amount, outTradeNo, qrCode, order };
}
