import { GraphQLError } from 'graphql';
import { Arg, Ctx, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { toldEvent } from '../deliveries/told-event.ts';
import { fromTypeId, toTypeId } from '../ids.ts';
import { type Followed, followOrder } from '../orders/follow-order.ts';
import { type Context, mayRead } from './context.ts';
import { make } from './make.ts';
import { paymentStatusIn } from './present-feed.ts';
import { presentEvent, presentOrder } from './present-order.ts';
import { PaymentStatusEvent } from './result.types.ts';

interface Asked {
  readonly orderId: string;
  readonly after?: number | null;
}

@Resolver()
export class PaymentStatusResolver {
  @Subscription(() => PaymentStatusEvent, {
    subscribe: ({ args, context }) => subscribe(args, context),
    description:
      'Without `after`: the present state at once, then every later event. With `after: n`: every event with ' +
      'version > n, in order, none missing and none twice, then the live ones. Ends by itself after REFUNDED, after ' +
      'RETURNED once fully refunded, and after CANCELLED once no code of it can be paid any more and no case is open.',
  })
  paymentStatus(
    @Arg('orderId', () => ID) _orderId: string,
    @Arg('after', () => Int, { nullable: true }) _after: number | null,
    @Root() { event, order }: Followed,
    @Ctx() context: Context,
  ): PaymentStatusEvent {
    return make(PaymentStatusEvent, {
      ...presentEvent(event),
      orderId: toTypeId('ord', event.orderId),
      paymentStatus: paymentStatusIn(event.data),
      payload: () =>
        context.caller.kind !== 'client' ? { ...toldEvent({ event, merchantOrderNo: order.merchantOrderNo }) } : null,
      order: presentOrder(order, context),
    });
  }
}

async function subscribe(asked: Asked, context: Context): Promise<AsyncIterable<Followed>> {
  const { caller, reads, wakeUps, clock, onFault } = context;
  if (typeof asked.after === 'number' && asked.after < 0)
    throw new GraphQLError('after must not be negative', { extensions: { code: 'BAD_USER_INPUT' } });
  const id = fromTypeId('ord', asked.orderId);
  const order = id && (await reads.orderRow(caller.merchantId, { id }));
  if (!order || !mayRead(context, order))
    throw new GraphQLError('There is no such order', { extensions: { code: 'ORDER_NOT_FOUND' } });
  return followOrder(
    { reads, wakeUps, clock, onFault },
    { merchantId: caller.merchantId, orderId: order.id, after: asked.after ?? null },
  );
}
