import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type CreateOrderNeeds, createOrder } from '../orders/create-order.ts';
import { invalid } from '../orders/input-rules.ts';
import { issueSubmissionToken } from '../orders/issue-submission-token.ts';
import { type Context, sellerOf } from './context.ts';
import { CreateOrderInput } from './input.types.ts';
import { make } from './make.ts';
import { presentCreated } from './present-outcome.ts';
import { CreateOrderResult, SubmissionTokenType } from './result.types.ts';

const DEFAULT_EXPIRY_MINUTES = 30;

export type SellNeeds = CreateOrderNeeds & {
  /** The account that collects a merchant's new orders; null: none does. */
  readonly sellingAccount: (merchantId: string) => Promise<string | null>;
};

@Resolver()
export class SellResolver {
  readonly #needs: SellNeeds;

  constructor(needs: SellNeeds) {
    this.#needs = needs;
  }

  @Mutation(() => SubmissionTokenType)
  issueSubmissionToken(@Ctx() context: Context): SubmissionTokenType {
    return make(SubmissionTokenType, issueSubmissionToken(this.#needs, sellerOf(context, 'orders:write')));
  }

  @Mutation(() => CreateOrderResult)
  async createOrder(
    @Arg('input', () => CreateOrderInput) input: CreateOrderInput,
    @Ctx() context: Context,
  ): Promise<typeof CreateOrderResult> {
    const merchantId = sellerOf(context, 'orders:write');
    const at = terminalIn(input, context);
    if (at.kind === 'invalid_input') return presentCreated(at, context);
    const outcome = await createOrder(this.#needs, {
      merchantId,
      accountId: await this.#needs.sellingAccount(merchantId),
      merchantOrderNo: input.merchantOrderNo ?? null,
      submissionToken: input.submissionToken ?? null,
      amountFen: input.amount,
      subject: input.subject,
      body: input.body ?? null,
      expiresInMinutes: input.expiresInMinutes ?? DEFAULT_EXPIRY_MINUTES,
      storeId: input.storeId ?? null,
      terminalId: at.terminalId,
      operatorId: input.operatorId ?? null,
      metadata: input.metadata ?? null,
    });
    return presentCreated(outcome, context);
  }
}

/** A terminal's key sells at its own terminal, whether the order says so or not. */
function terminalIn({ terminalId = null }: CreateOrderInput, { caller }: Context) {
  if (caller.kind !== 'terminal') return { kind: 'terminal', terminalId } as const;
  return terminalId === null || terminalId === caller.terminalId
    ? ({ kind: 'terminal', terminalId: caller.terminalId } as const)
    : invalid('terminalId', "must be this credential's own terminal, or be left out");
}
