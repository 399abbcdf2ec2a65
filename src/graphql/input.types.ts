import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { Json } from '../orders/canonical-json.ts';
import type { Fen } from '../orders/money.ts';
import type { OrderStatus } from '../orders/order.ts';
import { OrderStatusEnum } from './enums.ts';
import { AmountScalar, DateTimeScalar } from './scalars.ts';

@InputType({ description: 'Exactly one of the two.' })
export class OrderRef {
  @Field(() => ID, { nullable: true })
  id?: string | null;

  @Field(() => String, { nullable: true })
  merchantOrderNo?: string | null;
}

@InputType()
export class CreateOrderInput {
  @Field(() => String, {
    nullable: true,
    description:
      '1–60 of A–Z a–z 0–9 _ - (real notifications carry hyphens). The idempotency key: the same number with the same ' +
      'content (every input field, defaults filled in, metadata canonical, never the computed expiresAt) answers the ' +
      'same order. Exactly one of this and submissionToken.',
  })
  merchantOrderNo?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'From issueSubmissionToken: five minutes to make its one order; a repeat answers that order for ever, other ' +
      "content is MERCHANT_ORDER_NO_CONFLICT. Bound to the merchant. Its order's merchantOrderNo is made of A–Z a–z " +
      '0–9 _ only.',
  })
  submissionToken?: string | null;

  @Field(() => AmountScalar)
  amount!: Fen;

  @Field(() => String, { description: '1–256 characters, without / = & and emoji.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: '1–128 characters.' })
  body?: string | null;

  @Field(() => Int, { nullable: true, description: '1–1440; how long the order can be paid. Default 30.' })
  expiresInMinutes?: number | null;

  @Field(() => String, { nullable: true, description: 'Up to 32 ASCII characters.' })
  storeId?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 32 ASCII characters.' })
  terminalId?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 28 ASCII characters.' })
  operatorId?: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Up to 4096 characters as JSON, 5 levels deep.' })
  metadata?: Json;
}

@InputType()
export class OrderFilter {
  @Field(() => [OrderStatusEnum], { nullable: true })
  status?: OrderStatus[] | null;

  @Field(() => DateTimeScalar, { nullable: true })
  createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  createdBefore?: Date | null;

  @Field(() => String, { nullable: true })
  storeId?: string | null;

  @Field(() => String, { nullable: true })
  terminalId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The start of a merchantOrderNo, a whole out_trade_no, or a part of the subject.',
  })
  search?: string | null;
}
