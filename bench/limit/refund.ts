// A refund of all that was paid, bare: read, write the wish and that it is sent, ask Alipay, write what it said.
import { parseBeijingTime } from '../../src/alipay/beijing-time.ts';
import { newUuid } from '../../src/ids.ts';
import { parseAmount } from '../../src/orders/money.ts';
import type { AlipaySaid } from './alipay.ts';
import { beginRefund, finishRefund } from './money-statements.ts';
import { type MoneyNeeds, nextStep, type Sale, type Step, saleOf, timeIn, write } from './sale.ts';

export interface RefundInput {
  readonly orderId: string;
  readonly refundNo: string;
  /** Yuan as text. */
  readonly amount: string;
}

/** As long as the gateway waits before it asks what became of a refund. */
const ASK_AFTER_MS = 10_000;

export async function refundOrder(needs: MoneyNeeds, input: RefundInput): Promise<object | null> {
  const sale = /^[A-Za-z0-9_-]{1,64}$/.test(input.refundNo) ? await saleOf(needs, input.orderId) : undefined;
  if (sale === undefined || sale.status !== 'PAID' || sale.payment_status !== 'SUCCEEDED') return null;
  if (parseAmount(input.amount) !== BigInt(sale.amount_fen) - BigInt(sale.refunded_fen)) return null;
  const refundId = newUuid(new Date());
  const begun = await begin(needs, sale, { ...input, refundId });
  const { out_trade_no } = sale;
  const wish = { out_trade_no, out_request_no: input.refundNo, refund_amount: input.amount };
  const said = await needs.call('alipay.trade.refund', wish);
  return finish(needs, sale, { ...input, refundId, begun, said });
}

type Wish = RefundInput & { readonly refundId: string };

function about({ out_trade_no: outTradeNo }: Sale, { refundNo, amount }: RefundInput) {
  return { refundNo, amount, refundedAmount: '0.00', outTradeNo, paymentStatus: 'SUCCEEDED' };
}

async function begin(needs: MoneyNeeds, sale: Sale, wish: Wish): Promise<Step> {
  const what = { type: 'refund.requested', status: 'PAID', data: about(sale, wish), evidenceId: null };
  const begun = nextStep(needs, sale.id, { from: sale, ...what });
  const refund = [wish.refundId, sale.payment_id, sale.amount_fen, wish.refundNo, null];
  await write(needs, beginRefund, [...begun.values, timeIn(ASK_AFTER_MS), ...refund]);
  return begun;
}

async function finish(
  needs: MoneyNeeds,
  sale: Sale,
  { begun, said, ...wish }: Wish & { begun: Step; said: AlipaySaid },
) {
  const { refundNo, amount, refundId } = wish;
  const succeededAt = parseBeijingTime(said.fields.gmt_refund_pay ?? '');
  const { fund_change, refund_fee } = said.fields;
  if (fund_change !== 'Y' || refund_fee !== amount || succeededAt === undefined) throw new Error('another refund');
  const data = { ...about(sale, wish), refundedAmount: amount };
  const what = { type: 'refund.succeeded', status: 'REFUNDED', data, evidenceId: newUuid(new Date()) };
  const done = nextStep(needs, sale.id, { from: begun, ...what });
  const refund = [refundId, sale.payment_id, sale.amount_fen, succeededAt.toISOString()];
  await write(needs, finishRefund, [...done.values, said.bytes, ...refund]);
  const order = { id: sale.id, status: 'REFUNDED', version: done.version, refundedAmount: amount };
  return { id: refundId, refundNo, amount, status: 'SUCCEEDED', succeededAt, order };
}
