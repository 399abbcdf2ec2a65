import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../orders/canonical-json.ts';
import type { Fen } from '../orders/money.ts';
import type { OrderStatus } from '../orders/order.ts';
import { CaseType } from './case.types.ts';
import type { Context } from './context.ts';
import { OrderStatusEnum } from './enums.ts';
import type { Lazy } from './make.ts';
import { NodeType } from './node.types.ts';
import { PaymentType, RefundType } from './payment.types.ts';
import { AmountScalar, DateTimeScalar } from './scalars.ts';

@ObjectType('OrderEvent', { simpleResolvers: true, description: "One step in an order's life." })
export class OrderEventType {
  @Field(() => ID, { description: 'evt_…, the same over every transport.' })
  id!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String, {
    description:
      'order.created order.cancelled order.shipped order.completed order.returned payment.precreated payment.started ' +
      'payment.unknown payment.succeeded payment.failed payment.closed refund.requested refund.confirmed refund.succeeded refund.failed ' +
      'refund.rejected case.opened case.resolved',
  })
  type!: string;

  @Field(() => OrderStatusEnum, { description: "The order's status after this event." })
  status!: OrderStatus;

  @Field(() => DateTimeScalar)
  occurredAt!: Date;
}

@ObjectType('Order', { implements: NodeType, simpleResolvers: true, description: 'One sale.' })
export class OrderType extends NodeType {
  @Field(() => String, { description: "The merchant's own number, and the first out_trade_no." })
  merchantOrderNo!: string;

  @Field(() => String)
  subject!: string;

  @Field(() => String, { nullable: true })
  body!: string | null;

  @Field(() => AmountScalar)
  amount!: Fen;

  @Field(() => AmountScalar, { description: 'Succeeded refunds only.' })
  refundedAmount!: Fen;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;

  @Field(() => Int, { description: '1 at creation, +1 with each event; the cursor of paymentStatus.' })
  version!: number;

  @Field(() => String, { nullable: true })
  storeId!: string | null;

  @Field(() => String, { nullable: true })
  terminalId!: string | null;

  @Field(() => String, { nullable: true })
  operatorId!: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true })
  metadata!: Lazy<Json>;

  @Field(() => DateTimeScalar)
  createdAt!: Date;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  paidAt!: Date | null;

  @Field(() => [PaymentType], { description: 'Oldest first.' })
  payments!: Lazy<Promise<PaymentType[]>, Context>;

  @Field(() => [RefundType], { description: 'Oldest first.' })
  refunds!: Lazy<Promise<RefundType[]>, Context>;

  @Field(() => [OrderEventType], { description: 'Oldest first; the whole history.' })
  events!: Lazy<Promise<OrderEventType[]>, Context>;

  @Field(() => [CaseType], { description: 'Oldest first; none with a clientToken.' })
  cases!: Lazy<Promise<CaseType[]>, Context>;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Everything that proves this order, for `npx kassa verify`: its events with their hash chain, the messages that ' +
      'Alipay signed as they came, the keys. Holds what Alipay says of the buyer. See docs/evidence.md; null with a clientToken.',
  })
  evidence!: Lazy<Promise<Json>, Context>;

  @Field(() => String, {
    description:
      'Until 1 h after expiresAt; opens this one order to a frontend. Read with a clientToken it is that same token; ' +
      'metadata, operatorId and the like are then null.',
  })
  clientToken!: Lazy<string, Context>;
}
