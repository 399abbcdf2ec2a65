import { GraphQLJSONObject } from 'graphql-scalars';
import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../orders/canonical-json.ts';
import type { OrderStatus } from '../orders/order.ts';
import type { PaymentStatus } from '../orders/payment.ts';
import { CaseType } from './case.types.ts';
import { OrderStatusEnum, PaymentStatusEnum } from './enums.ts';
import {
  CaseNotFound,
  CaseNotResolvable,
  ChannelUnavailable,
  IllegalTransition,
  InvalidInput,
  MerchantOrderNoConflict,
  NoActiveApp,
  OrderNotFound,
  OrderNotPayable,
  PaymentRejected,
  PaymentUnresolved,
  RefundExceedsPaid,
  RefundNoConflict,
  SubmissionTokenInvalid,
} from './error.types.ts';
import type { Lazy } from './make.ts';
import { ConfirmationRequired } from './operation.types.ts';
import { OrderType } from './order.types.ts';
import { PaymentType, RefundType } from './payment.types.ts';
import { DateTimeScalar } from './scalars.ts';

export const CreateOrderResult = createUnionType({
  name: 'CreateOrderResult',
  types: () => [OrderType, InvalidInput, MerchantOrderNoConflict, SubmissionTokenInvalid, NoActiveApp] as const,
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

export const OrderResult = createUnionType({
  name: 'OrderResult',
  types: () =>
    [
      OrderType,
      ConfirmationRequired,
      InvalidInput,
      OrderNotFound,
      IllegalTransition,
      PaymentUnresolved,
      PaymentRejected,
      ChannelUnavailable,
    ] as const,
});

export const RefundResult = createUnionType({
  name: 'RefundResult',
  types: () =>
    [
      RefundType,
      ConfirmationRequired,
      InvalidInput,
      OrderNotFound,
      IllegalTransition,
      RefundExceedsPaid,
      RefundNoConflict,
    ] as const,
});

export const ResolveCaseResult = createUnionType({
  name: 'ResolveCaseResult',
  types: () => [CaseType, ConfirmationRequired, InvalidInput, CaseNotFound, CaseNotResolvable] as const,
});

@ObjectType('SubmissionToken', { simpleResolvers: true })
export class SubmissionTokenType {
  @Field(() => String)
  token!: string;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
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

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'The event as webhooks and the broker carry it; null with a clientToken.',
  })
  payload!: Lazy<Json>;

  @Field(() => OrderType)
  order!: OrderType;
}
