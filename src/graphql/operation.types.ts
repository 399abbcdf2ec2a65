// What waits for a second person, and what is said when something does.
import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { OperationKind, OperationState } from '../orders/operation.ts';
import type { Names } from './enums.ts';
import { ErrorResult } from './error.types.ts';
import { OrderType } from './order.types.ts';
import { PageInfo } from './page.types.ts';
import { RefundType } from './payment.types.ts';
import { DateTimeScalar } from './scalars.ts';

export const OperationKindEnum: { readonly [Kind in OperationKind as Uppercase<Kind>]: Kind } = {
  REFUND: 'refund',
  REVERSAL: 'reversal',
  CASE: 'case',
  API_KEY: 'api_key',
  APP: 'app',
  WEBHOOK: 'webhook',
  POLICY: 'policy',
  TOTP: 'totp',
};
export const OperationStateEnum: Names<OperationState> = {
  WAITING: 'WAITING',
  APPROVED: 'APPROVED',
  REJECTED: 'REJECTED',
  EXPIRED: 'EXPIRED',
  USED: 'USED',
};
export const DecisionEnum = { APPROVE: 'APPROVE', REJECT: 'REJECT' } as const;
export type Decision = keyof typeof DecisionEnum;

registerEnumType(OperationKindEnum, { name: 'OperationKind' });
registerEnumType(OperationStateEnum, {
  name: 'OperationState',
  valuesConfig: {
    APPROVED: { description: 'A refund goes out; anything else is done when whoever asked for it asks again.' },
    EXPIRED: { description: 'Nobody has decided in time, or the approval was not used in time.' },
    USED: { description: 'What was approved has been done.' },
  },
});
registerEnumType(DecisionEnum, { name: 'Decision' });

@ObjectType({
  implements: ErrorResult,
  simpleResolvers: true,
  description: 'Where a sensitive operation stands until a second credential (or a one-time code) confirms it.',
})
export class ConfirmationRequired extends ErrorResult {
  @Field(() => ID, { description: 'op_…, for confirmOperation.' })
  operationId!: string;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;

  @Field(() => RefundType, { nullable: true, description: 'The refund that waits, its amount reserved.' })
  refund!: RefundType | null;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class ConfirmationInvalid extends ErrorResult {}

@ObjectType('Operation', {
  simpleResolvers: true,
  description: 'Something that a second person has to agree to: docs/confirmations.md.',
})
export class OperationType {
  @Field(() => ID, { description: 'op_…' })
  id!: string;

  @Field(() => OperationKindEnum)
  kind!: OperationKind;

  @Field(() => OperationStateEnum)
  state!: OperationState;

  @Field(() => String, { description: 'What exactly was asked for.' })
  summary!: string;

  @Field(() => String, { description: 'The credential that asked: key_…, or the subject of an access token.' })
  askedBy!: string;

  @Field(() => DateTimeScalar)
  askedAt!: Date;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;

  @Field(() => String, { nullable: true })
  decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  decidedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: 'The order whose money it is.' })
  orderId!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class OperationEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => OperationType)
  node!: OperationType;
}

@ObjectType({ simpleResolvers: true })
export class OperationConnection {
  @Field(() => [OperationEdge])
  edges!: OperationEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType()
export class ConfirmOperationInput {
  @Field(() => ID)
  operationId!: string;

  @Field(() => DecisionEnum)
  decision!: Decision;

  @Field(() => String, {
    nullable: true,
    description:
      'The one-time code of whoever asked, who then needs no second person (enrolTotp). Each code is good once.',
  })
  code?: string | null;
}

export const ConfirmOperationResult = createUnionType({
  name: 'ConfirmOperationResult',
  types: () => [RefundType, OrderType, OperationType, ConfirmationInvalid] as const,
});
