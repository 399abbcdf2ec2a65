import { Field, InterfaceType, ObjectType } from 'type-graphql';
import type { Fen } from '../orders/money.ts';
import type { OrderStatus } from '../orders/order.ts';
import { type ErrorCode, ErrorCodeEnum, OrderStatusEnum } from './enums.ts';
import { AmountScalar } from './scalars.ts';

@InterfaceType({
  description:
    'Every expected refusal is a member of the result union and implements this. Unexpected faults are top-level ' +
    'errors with an id and nothing of the inside.',
})
export abstract class ErrorResult {
  @Field(() => ErrorCodeEnum)
  code!: ErrorCode;

  @Field(() => String)
  message!: string;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class InvalidInput extends ErrorResult {
  @Field(() => String, { description: 'The input field that is wrong.' })
  field!: string;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class OrderNotFound extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class MerchantOrderNoConflict extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class SubmissionTokenInvalid extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class NoActiveApp extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class OrderNotPayable extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class PaymentUnresolved extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class PaymentRejected extends ErrorResult {
  @Field(() => String, { description: "Alipay's sub_code without its prefix." })
  subCode!: string;

  @Field(() => String, { description: 'The message in Chinese.' })
  messageZh!: string;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class ChannelUnavailable extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class IllegalTransition extends ErrorResult {
  @Field(() => OrderStatusEnum, { description: 'Where the order is.' })
  from!: OrderStatus;

  @Field(() => OrderStatusEnum, { description: 'Where it was to go.' })
  to!: OrderStatus;

  @Field(() => [OrderStatusEnum], { description: 'Where it could go instead.' })
  allowed!: readonly OrderStatus[];
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class RefundExceedsPaid extends ErrorResult {
  @Field(() => AmountScalar, { description: 'What can still be given back.' })
  refundable!: Fen;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class RefundNoConflict extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class CaseNotFound extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class CaseNotResolvable extends ErrorResult {}
