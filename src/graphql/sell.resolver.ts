import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type CreateOrderNeeds, createOrder } from '../orders/create-order.ts';
import { invalid } from '../orders/input-rules.ts';
import { issueSubmissionToken } from '../orders/issue-submission-token.ts';
import { type PrecreateNeeds, precreateQrCode } from '../orders/precreate-qr-code.ts';
import { type Context, merchantOf } from './context.ts';
import { CreateOrderInput, PrecreateQrCodeInput } from './input.types.ts';
import { make } from './make.ts';
import { readOrderRef } from './order-ref.ts';
import { presentCreated, presentPrecreated } from './present-outcome.ts';
import { CreateOrderResult, PaymentResult, SubmissionTokenType } from './result.types.ts';

const DEFAULT_EXPIRY_MINUTES = 30;

export type SellNeeds = CreateOrderNeeds & PrecreateNeeds & { readonly accountId: string };

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

  @Mutation(() => PaymentResult, { description: 'Answers the live QR code if there is one (idempotent).' })
  async precreateQrCode(
    @Arg('input', () => PrecreateQrCodeInput) input: PrecreateQrCodeInput,
    @Ctx() context: Context,
  ): Promise<typeof PaymentResult> {
    const merchantId = merchantOf(context);
    const ref = readOrderRef(input.order);
    if (ref === 'not_one')
      return presentPrecreated(invalid('order', 'must name exactly one of id and merchantOrderNo'));
    if (ref === 'nowhere') return presentPrecreated({ kind: 'order_not_found' });
    return presentPrecreated(await precreateQrCode(this.#needs, { merchantId, ref }));
  }
}
