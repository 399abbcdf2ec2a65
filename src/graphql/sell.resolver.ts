import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type CreateOrderNeeds, createOrder } from '../orders/create-order.ts';
import { issueSubmissionToken } from '../orders/issue-submission-token.ts';
import { type Context, merchantOf } from './context.ts';
import { CreateOrderInput } from './input.types.ts';
import { make } from './make.ts';
import { presentCreated } from './present-outcome.ts';
import { CreateOrderResult, SubmissionTokenType } from './result.types.ts';

const DEFAULT_EXPIRY_MINUTES = 30;

export type SellNeeds = CreateOrderNeeds & { readonly accountId: string };

@Resolver()
export class SellResolver {
  readonly #needs: SellNeeds;

  constructor(needs: SellNeeds) {
    this.#needs = needs;
  }

  @Mutation(() => SubmissionTokenType)
  issueSubmissionToken(@Ctx() context: Context): SubmissionTokenType {
    return make(SubmissionTokenType, issueSubmissionToken(this.#needs, merchantOf(context)));
  }

  @Mutation(() => CreateOrderResult)
  async createOrder(
    @Arg('input', () => CreateOrderInput) input: CreateOrderInput,
    @Ctx() context: Context,
  ): Promise<typeof CreateOrderResult> {
    const outcome = await createOrder(this.#needs, {
      merchantId: merchantOf(context),
      accountId: this.#needs.accountId,
      merchantOrderNo: input.merchantOrderNo ?? null,
      submissionToken: input.submissionToken ?? null,
      amountFen: input.amount,
      subject: input.subject,
      body: input.body ?? null,
      expiresInMinutes: input.expiresInMinutes ?? DEFAULT_EXPIRY_MINUTES,
      storeId: input.storeId ?? null,
      terminalId: input.terminalId ?? null,
      operatorId: input.operatorId ?? null,
      metadata: input.metadata ?? null,
    });
    return presentCreated(outcome, context);
  }
}
