import { createUnionType, Field, InputType, Int, ObjectType } from 'type-graphql';
import type { Fen } from '../orders/money.ts';
import { InvalidInput } from './error.types.ts';
import { ConfirmationRequired } from './operation.types.ts';
import { AmountScalar } from './scalars.ts';

const SAYS = {
  refundAbove: 'One refund, or undo of a paid order, of more than this.',
  dailySumAbove:
    'What one credential has asked to give back on a day in Beijing comes to more than this, with the refund in question. ' +
    'Counts from when this is set; what failed or was turned down does not count.',
  terminalsAlways: "Whatever a terminal's credential gives back.",
  freeHours: 'Outside these hours everything that is given back; null: at no hour.',
  settings:
    'Making, rotating and revoking API keys; a new webhook, another URL, a new webhook secret; cases that are accepted or refunded, and that late money is by itself; ' +
    'a one-time code’s first secret; and setting a looser policy.',
};

@ObjectType({
  simpleResolvers: true,
  description: 'Full hours in Beijing, past midnight when `to` is less than `from`.',
})
export class FreeHours {
  @Field(() => Int)
  from!: number;

  @Field(() => Int, { description: 'Not this hour any more.' })
  to!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What a second person has to agree to. Any one rule is enough; a new merchant’s asks for nothing.',
})
export class ConfirmationPolicy {
  @Field(() => AmountScalar, { nullable: true, description: SAYS.refundAbove })
  refundAbove!: Fen | null;

  @Field(() => AmountScalar, { nullable: true, description: SAYS.dailySumAbove })
  dailySumAbove!: Fen | null;

  @Field(() => Boolean, { description: SAYS.terminalsAlways })
  terminalsAlways!: boolean;

  @Field(() => FreeHours, { nullable: true, description: SAYS.freeHours })
  freeHours!: FreeHours | null;

  @Field(() => Boolean, { description: SAYS.settings })
  settings!: boolean;
}

@InputType()
export class FreeHoursInput {
  @Field(() => Int, { description: '0–23.' })
  from!: number;

  @Field(() => Int, { description: '1–24.' })
  to!: number;
}

@InputType({ description: 'The whole policy: what is left out asks for nothing.' })
export class ConfirmationPolicyInput {
  @Field(() => AmountScalar, { nullable: true, description: SAYS.refundAbove })
  refundAbove?: Fen | null;

  @Field(() => AmountScalar, { nullable: true, description: SAYS.dailySumAbove })
  dailySumAbove?: Fen | null;

  @Field(() => Boolean, { nullable: true, description: SAYS.terminalsAlways })
  terminalsAlways?: boolean | null;

  @Field(() => FreeHoursInput, { nullable: true, description: SAYS.freeHours })
  freeHours?: FreeHoursInput | null;

  @Field(() => Boolean, { nullable: true, description: SAYS.settings })
  settings?: boolean | null;
}

export const SetConfirmationPolicyResult = createUnionType({
  name: 'SetConfirmationPolicyResult',
  types: () => [ConfirmationPolicy, InvalidInput, ConfirmationRequired] as const,
});
