import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createRedirectPayment, type RedirectNeeds } from '../orders/create-redirect-payment.ts';
import { type PayByAuthCodeNeeds, payByAuthCode } from '../orders/pay-by-auth-code.ts';
import { type PrecreateNeeds, precreateQrCode } from '../orders/precreate-qr-code.ts';
import { syncOrder } from '../orders/sync-order.ts';
import {
  CreateRedirectPaymentInput,
  OrderActionInput,
  PayByAuthCodeInput,
  PrecreateQrCodeInput,
} from './action-input.types.ts';
import { type Context, sellerOf } from './context.ts';
import { onOrder } from './order-ref.ts';
import { presentCollected, presentMoved } from './present-outcome.ts';
import { OrderResult, PaymentResult } from './result.types.ts';

export type CollectNeeds = PrecreateNeeds & PayByAuthCodeNeeds & RedirectNeeds;

@Resolver()
export class CollectResolver {
  readonly #needs: CollectNeeds;

  constructor(needs: CollectNeeds) {
    this.#needs = needs;
  }

  @Mutation(() => PaymentResult, { description: 'Answers the live QR code if there is one (idempotent).' })
  async precreateQrCode(
    @Arg('input', () => PrecreateQrCodeInput) { order }: PrecreateQrCodeInput,
    @Ctx() context: Context,
  ): Promise<typeof PaymentResult> {
    const merchantId = sellerOf(context, 'orders:write');
    return presentCollected(await onOrder(order, context, (ref) => precreateQrCode(this.#needs, { merchantId, ref })));
  }

  @Mutation(() => PaymentResult, {
    description:
      "The buyer's payment code was scanned at the till. Answers a Payment: SUCCEEDED, FAILED (also for a refusal; " +
      'PAYMENT_REJECTED is for precreate and redirect), or UNKNOWN/AWAITING_BUYER while the server keeps finding out. ' +
      'The same code again answers the same payment, also after success; another code while in doubt: ' +
      'PAYMENT_UNRESOLVED. Only a keyed hash of the code is kept.',
  })
  async payByAuthCode(
    @Arg('input', () => PayByAuthCodeInput) { order, authCode }: PayByAuthCodeInput,
    @Ctx() context: Context,
  ): Promise<typeof PaymentResult> {
    const merchantId = sellerOf(context, 'orders:write');
    return presentCollected(
      await onOrder(order, context, (ref) => payByAuthCode(this.#needs, { merchantId, ref, authCode })),
    );
  }

  @Mutation(() => PaymentResult, { description: 'PAGE, WAP or APP.' })
  async createRedirectPayment(
    @Arg('input', () => CreateRedirectPaymentInput) input: CreateRedirectPaymentInput,
    @Ctx() context: Context,
  ): Promise<typeof PaymentResult> {
    const merchantId = sellerOf(context, 'orders:write');
    const { order, method, returnUrl = null, quitUrl = null } = input;
    const asked = { merchantId, method, returnUrl, quitUrl };
    return presentCollected(
      await onOrder(order, context, (ref) => createRedirectPayment(this.#needs, { ...asked, ref })),
    );
  }

  @Mutation(() => OrderResult, { description: 'Ask Alipay now and apply what it says.' })
  async syncOrder(
    @Arg('input', () => OrderActionInput) { order }: OrderActionInput,
    @Ctx() context: Context,
  ): Promise<typeof OrderResult> {
    const merchantId = sellerOf(context, 'orders:write');
    return presentMoved(await onOrder(order, context, (ref) => syncOrder(this.#needs, { merchantId, ref })), context);
  }
}
