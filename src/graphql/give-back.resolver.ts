import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { cancelOrder } from '../orders/cancel-order.ts';
import type { DeskNeeds } from '../orders/needs.ts';
import { refundOrder } from '../orders/refund-order.ts';
import { reverseOrder } from '../orders/reverse-order.ts';
import { OrderActionInput, RefundOrderInput } from './action-input.types.ts';
import { askerIn, type Context, merchantOf, sellerOf } from './context.ts';
import { onOrder } from './order-ref.ts';
import { presentGivenBack, presentMoved } from './present-outcome.ts';
import { OrderResult, RefundResult } from './result.types.ts';

@Resolver()
export class GiveBackResolver {
  readonly #needs: DeskNeeds;

  constructor(needs: DeskNeeds) {
    this.#needs = needs;
  }

  @Mutation(() => OrderResult, {
    description:
      'Only unpaid: closes at Alipay first, then here. A scanned payment code still in doubt: PAYMENT_UNRESOLVED ' +
      '(reverseOrder undoes it).',
  })
  async cancelOrder(
    @Arg('input', () => OrderActionInput) { order, reason = null }: OrderActionInput,
    @Ctx() context: Context,
  ): Promise<typeof OrderResult> {
    const merchantId = sellerOf(context, 'orders:write');
    const outcome = await onOrder(order, context, (ref) => cancelOrder(this.#needs, { merchantId, ref, reason }));
    return presentMoved(outcome, context);
  }

  @Mutation(() => OrderResult, {
    description:
      'Undo the sale, whichever way fits: cancel when unpaid or unknown, refund when paid. Giving back a paid one may wait ' +
      "for a second person, where the merchant's policy says so; turned down, it may be asked for again.",
  })
  async reverseOrder(
    @Arg('input', () => OrderActionInput) { order, reason = null }: OrderActionInput,
    @Ctx() context: Context,
  ): Promise<typeof OrderResult> {
    const merchantId = sellerOf(context, 'refunds:write');
    const by = askerIn(context);
    const outcome = await onOrder(order, context, (ref) => reverseOrder(this.#needs, { merchantId, ref, reason, by }));
    return presentMoved(outcome, context);
  }

  @Mutation(() => RefundResult, {
    description:
      "The same number and amount answer the same refund. Where the merchant's policy asks for a second person it waits, its " +
      'amount reserved; the number of one that was turned down or not confirmed in time is spent (REFUND_NO_CONFLICT).',
  })
  async refundOrder(
    @Arg('input', () => RefundOrderInput) input: RefundOrderInput,
    @Ctx() context: Context,
  ): Promise<typeof RefundResult> {
    const merchantId = merchantOf(context, 'refunds:write');
    const { order, refundNo, amount: amountFen, reason = null } = input;
    const asked = { merchantId, refundNo, amountFen, reason, by: askerIn(context) };
    return presentGivenBack(
      await onOrder(order, context, (ref) => refundOrder(this.#needs, { ...asked, ref })),
      context,
    );
  }
}
