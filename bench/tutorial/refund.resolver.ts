import { Arg, Ctx, createUnionType, Mutation, Resolver } from 'type-graphql';
import { callAlipay, timeFrom } from './alipay.ts';
import type { Context } from './context.ts';
import { addEvent } from './entities/order-event.ts';
import { Payment } from './entities/payment.ts';
import { Refund } from './entities/refund.ts';
import { Refused, refused } from './errors.ts';
import { RefundOrderInput } from './inputs.ts';
import { findOrder } from './order.resolver.ts';

const RefundResult = createUnionType({
  name: 'RefundResult',
  types: () => [Refund, Refused] as const,
});

@Resolver()
export class RefundResolver {
  @Mutation(() => RefundResult)
  async refundOrder(
    @Arg('input', () => RefundOrderInput) input: RefundOrderInput,
    @Ctx() context: Context,
  ): Promise<Refund | Refused> {
    const { em } = context;
    const order = await findOrder(em, input.order);
    if (order === null) return refused('ORDER_NOT_FOUND', 'There is no such order');
    const payment = await em.findOne(Payment, { order, status: 'SUCCEEDED' });
    if (payment === null) return refused('ILLEGAL_TRANSITION', `The order is ${order.status}`);
    const refundedFen = fen(order.refundedAmount) + fen(input.amount);
    if (refundedFen > fen(order.amount)) return refused('REFUND_EXCEEDS_PAID', 'More than was paid');
    const { refundNo, amount } = input;
    const refund = em.create(Refund, { order, payment, refundNo, amount, status: 'PENDING' }, { partial: true });
    addEvent(em.persist(refund), order, 'refund.requested');
    await em.flush();
    const done = await callAlipay(context, 'alipay.trade.refund', {
      out_trade_no: payment.outTradeNo,
      out_request_no: refundNo,
      refund_amount: amount,
    });
    Object.assign(refund, { status: 'SUCCEEDED', succeededAt: timeFrom(done.gmtRefundPay) });
    order.refundedAmount = (refundedFen / 100).toFixed(2);
    if (order.refundedAmount === order.amount) order.status = 'REFUNDED';
    addEvent(em, order, 'refund.succeeded');
    await em.flush();
    return refund;
  }
}

function fen(yuan: string): number {
  return Math.round(Number(yuan) * 100);
}
