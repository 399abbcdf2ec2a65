import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../orders/canonical-json.ts';
import type { OrderStatus } from '../orders/order.ts';
import type { PaymentStatus } from '../orders/payment.ts';
import type { Context } from './context.ts';
import { OrderStatusEnum, PaymentStatusEnum } from './enums.ts';
import type { Lazy } from './make.ts';
import { OrderType } from './order.types.ts';
import { PageInfo } from './page.types.ts';
import { DateTimeScalar } from './scalars.ts';

@ObjectType({ simpleResolvers: true, description: "An event in its merchant's feed." })
export class FeedEvent {
  @Field(() => ID, { description: 'evt_…, the same over every transport.' })
  id!: string;

  @Field(() => String, { description: 'Send it as `after` to go on behind this event.' })
  cursor!: string;

  @Field(() => ID)
  orderId!: string;

  @Field(() => String)
  merchantOrderNo!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String, { description: 'As in OrderEvent.' })
  type!: string;

  @Field(() => OrderStatusEnum, { description: "The order's status after this event." })
  status!: OrderStatus;

  @Field(() => PaymentStatusEnum, { nullable: true })
  paymentStatus!: PaymentStatus | null;

  @Field(() => DateTimeScalar)
  occurredAt!: Date;

  @Field(() => GraphQLJSONObject, {
    description: 'The event as webhooks and the broker carry it: `id`, `type`, `timestamp`, `data`.',
  })
  payload!: Lazy<Json>;

  @Field(() => OrderType, { description: 'The order as it is now.' })
  order!: Lazy<Promise<OrderType>, Context>;
}

@ObjectType({ simpleResolvers: true })
export class FeedEventEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => FeedEvent)
  node!: FeedEvent;
}

@ObjectType({ simpleResolvers: true })
export class FeedEventConnection {
  @Field(() => [FeedEventEdge])
  edges!: FeedEventEdge[];

  @Field(() => PageInfo, {
    description: 'endCursor is there on an empty page too: send it as `after` to ask for what came since.',
  })
  pageInfo!: PageInfo;
}
