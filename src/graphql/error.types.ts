import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { type ErrorCode, ErrorCodeEnum } from './enums.ts';

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
export class OrderNotPayable extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class PaymentUnresolved extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class PaymentRejected extends ErrorResult {
  @Field(() => String, { description: "Alipay's sub_code without its prefix." })
  subCode!: string;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class ChannelUnavailable extends ErrorResult {}
