import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { ConfirmationPolicy as Policy } from '../merchants/confirmation-policy.ts';
import type { SecondPersonNeeds } from '../merchants/second-person.ts';
import { setConfirmationPolicy } from '../merchants/set-confirmation-policy.ts';
import {
  ConfirmationPolicy,
  ConfirmationPolicyInput,
  FreeHours,
  SetConfirmationPolicyResult,
} from './confirmation-policy.types.ts';
import { type Context, callerWith, merchantOf } from './context.ts';
import { InvalidInput } from './error.types.ts';
import { make } from './make.ts';
import { presentHeld } from './present-operation.ts';

@Resolver()
export class ConfirmationPolicyResolver {
  readonly #needs: SecondPersonNeeds;

  constructor(needs: SecondPersonNeeds) {
    this.#needs = needs;
  }

  @Query(() => ConfirmationPolicy)
  async confirmationPolicy(@Ctx() context: Context): Promise<ConfirmationPolicy> {
    return presentPolicy(await this.#needs.policies.read(merchantOf(context, 'admin')));
  }

  @Mutation(() => SetConfirmationPolicyResult, {
    description: 'Goes for what is asked for from now on, within five seconds everywhere.',
  })
  async setConfirmationPolicy(
    @Arg('policy', () => ConfirmationPolicyInput) policy: ConfirmationPolicyInput,
    @Ctx() context: Context,
  ): Promise<typeof SetConfirmationPolicyResult> {
    const set = await setConfirmationPolicy(this.#needs, callerWith(context, 'admin'), readPolicyInput(policy));
    switch (set.kind) {
      case 'policy':
        return presentPolicy(set.policy);
      case 'invalid_input':
        return make(InvalidInput, { code: 'INVALID_INPUT', field: set.field, message: set.message });
      case 'confirmation_required':
        return presentHeld(set, context);
    }
  }
}

function readPolicyInput(input: ConfirmationPolicyInput): Policy {
  const { refundAbove, dailySumAbove, terminalsAlways, freeHours, settings } = input;
  return {
    refundAboveFen: refundAbove ?? null,
    dailySumAboveFen: dailySumAbove ?? null,
    terminalsAlways: terminalsAlways ?? false,
    freeHours: freeHours ?? null,
    settings: settings ?? false,
  };
}

function presentPolicy({ refundAboveFen, dailySumAboveFen, terminalsAlways, freeHours, settings }: Policy) {
  return make(ConfirmationPolicy, {
    refundAbove: refundAboveFen,
    dailySumAbove: dailySumAboveFen,
    terminalsAlways,
    freeHours: freeHours && make(FreeHours, { from: freeHours.from, to: freeHours.to }),
    settings,
  });
}
