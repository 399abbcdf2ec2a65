import { Field, ObjectType } from 'type-graphql';
import type { Fen } from '../orders/money.ts';
import type { PaymentMethod, PaymentStatus } from '../orders/payment.ts';
import type { RefundStatus } from '../orders/refund.ts';
import type { Context } from './context.ts';
import { PaymentMethodEnum, PaymentStatusEnum, RefundStatusEnum } from './enums.ts';
import type { Lazy } from './make.ts';
import { NodeType } from './node.types.ts';
import { OrderType } from './order.types.ts';
import { AmountScalar, DateTimeScalar } from './scalars.ts';

@ObjectType({ simpleResolvers: true })
export class PaymentFailure {
  @Field(() => String, { nullable: true })
  subCode!: string | null;

  @Field(() => String)
  message!: string;

  @Field(() => String, { description: 'The same in Chinese.' })
  messageZh!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "expiresAt: the earlier of the order's and 2 h after precreate; then precreateQrCode gives a new code under the same number.",
})
export class QrCode {
  @Field(() => String)
  content!: string;

  @Field(() => String)
  svg!: Lazy<string>;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
}

@ObjectType('Payment', {
  implements: NodeType,
  simpleResolvers: true,
  description: "One way of collecting an order's amount.",
})
export class PaymentType extends NodeType {
  @Field(() => PaymentMethodEnum)
  method!: PaymentMethod;

  @Field(() => PaymentStatusEnum)
  status!: PaymentStatus;

  @Field(() => AmountScalar)
  amount!: Fen;

  @Field(() => String)
  outTradeNo!: string;

  @Field(() => String, { nullable: true })
  tradeNo!: string | null;

  @Field(() => QrCode, { nullable: true, description: 'QR_CODE only.' })
  qrCode!: QrCode | null;

  @Field(() => String, { nullable: true, description: 'PAGE and WAP only.' })
  redirectUrl!: string | null;

  @Field(() => String, { nullable: true, description: 'APP only.' })
  orderString!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'AUTH_CODE only: when it is called off at Alipay, should it still be in doubt then.',
  })
  callOffAt!: Date | null;

  @Field(() => PaymentFailure, { nullable: true })
  failure!: PaymentFailure | null;

  @Field(() => DateTimeScalar)
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  succeededAt!: Date | null;

  @Field(() => OrderType)
  order!: Lazy<Promise<OrderType>, Context>;
}

@ObjectType('Refund', { implements: NodeType, simpleResolvers: true, description: 'Money given back for a payment.' })
export class RefundType extends NodeType {
  @Field(() => String, { description: "Alipay's out_request_no." })
  refundNo!: string;

  @Field(() => AmountScalar)
  amount!: Fen;

  @Field(() => String, { nullable: true })
  reason!: string | null;

  @Field(() => RefundStatusEnum)
  status!: RefundStatus;

  @Field(() => PaymentFailure, { nullable: true })
  failure!: PaymentFailure | null;

  @Field(() => DateTimeScalar)
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  succeededAt!: Date | null;

  @Field(() => OrderType)
  order!: Lazy<Promise<OrderType>, Context>;

  @Field(() => PaymentType)
  payment!: Lazy<Promise<PaymentType>, Context>;
}
