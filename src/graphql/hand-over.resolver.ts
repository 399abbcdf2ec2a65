import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type HandOverFact, handOver } from '../orders/hand-over.ts';
import type { DeskNeeds } from '../orders/needs.ts';
import { OrderActionInput } from './action-input.types.ts';
import { type Context, merchantOf } from './context.ts';
import { onOrder } from './order-ref.ts';
import { presentMoved } from './present-outcome.ts';
import { OrderResult } from './result.types.ts';

@Resolver()
export class HandOverResolver {
  readonly #needs: DeskNeeds;

  constructor(needs: DeskNeeds) {
    this.#needs = needs;
  }

  @Mutation(() => OrderResult, { description: 'The goods have left.' })
  shipOrder(
    @Arg('input', () => OrderActionInput) input: OrderActionInput,
    @Ctx() context: Context,
  ): Promise<typeof OrderResult> {
    return this.#tell('shipped', input, context);
  }

  @Mutation(() => OrderResult, { description: 'The goods have arrived, or were handed over the counter.' })
  completeOrder(
    @Arg('input', () => OrderActionInput) input: OrderActionInput,
    @Ctx() context: Context,
  ): Promise<typeof OrderResult> {
    return this.#tell('completed', input, context);
  }

  @Mutation(() => OrderResult, { description: 'The goods have come back. Gives no money back: refundOrder does.' })
  returnOrder(
    @Arg('input', () => OrderActionInput) input: OrderActionInput,
    @Ctx() context: Context,
  ): Promise<typeof OrderResult> {
    return this.#tell('returned', input, context);
  }

  async #tell(
    fact: HandOverFact,
    { order, reason = null }: OrderActionInput,
    context: Context,
  ): Promise<typeof OrderResult> {
    const merchantId = merchantOf(context, 'fulfilment:write');
    return presentMoved(
      await onOrder(order, context, (ref) => handOver(this.#needs, { merchantId, ref, fact, reason })),
      context,
    );
  }
}
