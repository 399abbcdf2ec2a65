import { Arg, Ctx, createUnionType, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { callAlipay, timeFrom } from './alipay.ts';
import type { Context } from './context.ts';
import { addEvent } from './entities/order-event.ts';
import { Payment, QrCode } from './entities/payment.ts';
import { Refused, refused } from './errors.ts';
import { PayByAuthCodeInput, PrecreateQrCodeInput } from './inputs.ts';
import { findOrder } from './order.resolver.ts';

const PaymentResult = createUnionType({
  name: 'PaymentResult',
  types: () => [Payment, Refused] as const,
});

@Resolver(() => Payment)
export class PaymentResolver {
  @FieldResolver(() => QrCode, { nullable: true })
  qrCode(@Root() { qrContent, order }: Payment): QrCode | null {
    return qrContent === null ? null : { content: qrContent, expiresAt: order.expiresAt };
  }

  @Mutation(() => PaymentResult)
  async precreateQrCode(
    @Arg('input', () => PrecreateQrCodeInput) input: PrecreateQrCodeInput,
    @Ctx() context: Context,
  ): Promise<Payment | Refused> {
    const { em } = context;
    const order = await findOrder(em, input.order);
    if (order === null) return refused('ORDER_NOT_FOUND', 'There is no such order');
    const live = await em.findOne(Payment, { order, status: 'AWAITING_BUYER' });
    if (live !== null) return live;
    if (order.status !== 'PENDING' || order.expiresAt < new Date())
      return refused('ORDER_NOT_PAYABLE', `The order is ${order.status}`);
    const { qrCode } = await callAlipay(context, 'alipay.trade.precreate', {
      out_trade_no: order.merchantOrderNo,
      total_amount: order.amount,
      subject: order.subject,
    });
    const { amount, merchantOrderNo: outTradeNo } = order;
    const code = { order, amount, outTradeNo, method: 'QR_CODE', status: 'AWAITING_BUYER', qrContent: qrCode ?? null };
    const payment = em.create(Payment, code, { partial: true });
    addEvent(em.persist(payment), order, 'payment.precreated');
    await em.flush();
    return payment;
  }

  @Mutation(() => PaymentResult)
  async payByAuthCode(
    @Arg('input', () => PayByAuthCodeInput) input: PayByAuthCodeInput,
    @Ctx() context: Context,
  ): Promise<Payment | Refused> {
    const { em } = context;
    const order = await findOrder(em, input.order);
    if (order === null) return refused('ORDER_NOT_FOUND', 'There is no such order');
    if (order.status !== 'PENDING') return refused('ORDER_NOT_PAYABLE', `The order is ${order.status}`);
    const { amount, merchantOrderNo: outTradeNo } = order;
    const scanned = { order, amount, outTradeNo, method: 'AUTH_CODE', status: 'CREATED' };
    const payment = em.create(Payment, scanned, { partial: true });
    addEvent(em.persist(payment), order, 'payment.started');
    await em.flush();
    const paid = await callAlipay(context, 'alipay.trade.pay', {
      out_trade_no: outTradeNo,
      total_amount: amount,
      subject: order.subject,
      auth_code: input.authCode,
      scene: 'bar_code',
    });
    const at = timeFrom(paid.gmtPayment);
    Object.assign(payment, { status: 'SUCCEEDED', tradeNo: paid.tradeNo, succeededAt: at });
    Object.assign(order, { status: 'PAID', paidAt: at });
    addEvent(em, order, 'payment.succeeded');
    await em.flush();
    return payment;
  }
}
