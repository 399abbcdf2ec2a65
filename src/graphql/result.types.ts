import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import type { OrderStatus } from '../orders/order.ts';
import type { PaymentStatus } from '../orders/payment.ts';
import { OrderStatusEnum, PaymentStatusEnum } from './enums.ts';
import {
  ChannelUnavailable,
  InvalidInput,
  MerchantOrderNoConflict,
  OrderNotFound,
  OrderNotPayable,
  PaymentRejected,
  PaymentUnresolved,
  SubmissionTokenInvalid,
} from './error.types.ts';
import { OrderType } from './order.types.ts';
import { PaymentType } from './payment.types.ts';
import { DateTimeScalar } from './scalars.ts';

export const CreateOrderResult = createUnionType({
  name: 'CreateOrderResult',
  types: () => [OrderType, InvalidInput, MerchantOrderNoConflict, SubmissionTokenInvalid] as const,
});

export const PaymentResult = createUnionType({
  name: 'PaymentResult',
  types: () =>
    [
      PaymentType,
      InvalidInput,
      OrderNotFound,
      OrderNotPayable,
      PaymentUnresolved,
      PaymentRejected,
      ChannelUnavailable,
    ] as const,
});

@ObjectType('SubmissionToken', { simpleResolvers: true })
export class SubmissionTokenType {
  @Field(() => String)
  token!: string;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
}

@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class OrderEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => OrderType)
  node!: OrderType;
}

@ObjectType({ simpleResolvers: true })
export class OrderConnection {
  @Field(() => [OrderEdge])
  edges!: OrderEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType({ simpleResolvers: true })
export class PaymentStatusEvent {
  @Field(() => ID, { description: 'evt_…, of the event or, in a snapshot, of the latest one.' })
  id!: string;

  @Field(() => ID)
  orderId!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String)
  type!: string;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;

  @Field(() => PaymentStatusEnum, { nullable: true })
  paymentStatus!: PaymentStatus | null;

  @Field(() => DateTimeScalar)
  occurredAt!: Date;

  @Field(() => OrderType)
  order!: OrderType;
}
