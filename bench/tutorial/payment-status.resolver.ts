import { Arg, Field, ID, Int, ObjectType, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { StatusChange } from './pub-sub.ts';

@ObjectType()
class PaymentStatusEvent {
  @Field(() => ID)
  orderId!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String)
  type!: string;

  @Field(() => String)
  status!: string;
}

@Resolver()
export class PaymentStatusResolver {
  @Query(() => Boolean)
  ready(): boolean {
    return true;
  }

  @Subscription(() => PaymentStatusEvent, {
    topics: 'PAYMENT_STATUS',
    topicId: ({ args }) => args.orderId,
  })
  paymentStatus(@Arg('orderId', () => ID) _orderId: string, @Root() change: StatusChange): PaymentStatusEvent {
    return change;
  }
}
