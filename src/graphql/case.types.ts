import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { CaseKind, CasePolicy, CaseState } from '../orders/case.ts';
import type { Fen } from '../orders/money.ts';
import type { Evidence } from '../orders/ports.ts';
import {
  type CaseDecision,
  CaseDecisionEnum,
  CaseKindEnum,
  type CaseNextAction,
  CaseNextActionEnum,
  CasePolicyEnum,
  CaseStateEnum,
} from './case-enums.ts';
import type { Context } from './context.ts';
import type { Lazy } from './make.ts';
import { NodeType } from './node.types.ts';
import { OrderType } from './order.types.ts';
import { AmountScalar, DateTimeScalar } from './scalars.ts';

export const EvidenceKindEnum: { readonly [Kind in Evidence['kind'] as Uppercase<Kind>]: Kind } = {
  NOTIFICATION: 'notification',
  ANSWER: 'answer',
};
registerEnumType(EvidenceKindEnum, {
  name: 'EvidenceKind',
  valuesConfig: {
    NOTIFICATION: { description: 'Alipay told us.' },
    ANSWER: { description: 'Alipay answered a question of ours.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'The message under Alipay’s signature that a case stands on.' })
export class CaseEvidence {
  @Field(() => ID)
  id!: string;

  @Field(() => EvidenceKindEnum)
  kind!: Evidence['kind'];

  @Field(() => DateTimeScalar)
  receivedAt!: Date;
}

@ObjectType('Case', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'Money that does not fit and waits for a rule or a person.',
})
export class CaseType extends NodeType {
  @Field(() => CaseKindEnum)
  kind!: CaseKind;

  @Field(() => AmountScalar, { description: 'What was paid.' })
  amount!: Fen;

  @Field(() => String)
  outTradeNo!: string;

  @Field(() => String)
  tradeNo!: string;

  @Field(() => CasePolicyEnum, { description: 'Fixed when the case was opened.' })
  policy!: CasePolicy;

  @Field(() => CaseStateEnum)
  state!: CaseState;

  @Field(() => CaseNextActionEnum)
  nextAction!: Lazy<CaseNextAction | Promise<CaseNextAction>, Context>;

  @Field(() => DateTimeScalar)
  openedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  resolvedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'What the person who resolved it wrote.' })
  note!: string | null;

  @Field(() => OrderType, { nullable: true, description: 'Null while no order has the number.' })
  order!: Lazy<Promise<OrderType | null>, Context>;

  @Field(() => CaseEvidence)
  evidence!: Lazy<Promise<CaseEvidence>, Context>;
}

@InputType()
export class CaseFilter {
  @Field(() => [CaseStateEnum], { nullable: true })
  state?: CaseState[] | null;

  @Field(() => [CaseKindEnum], { nullable: true })
  kind?: CaseKind[] | null;
}

@InputType()
export class ResolveCaseInput {
  @Field(() => ID)
  caseId!: string;

  @Field(() => CaseDecisionEnum)
  decision!: CaseDecision;

  @Field(() => String, { nullable: true, description: 'Why, for the history. Up to 256 characters.' })
  note?: string | null;
}
