// What is done to an order that is there.
import { Field, InputType } from 'type-graphql';
import type { Fen } from '../orders/money.ts';
import type { PaymentMethod } from '../orders/payment.ts';
import { PaymentMethodEnum } from './enums.ts';
import { OrderRef } from './input.types.ts';
import { AmountScalar } from './scalars.ts';

@InputType()
export class PrecreateQrCodeInput {
  @Field(() => OrderRef)
  order!: OrderRef;
}

@InputType()
export class PayByAuthCodeInput {
  @Field(() => OrderRef)
  order!: OrderRef;

  @Field(() => String, { description: "The payment code from the buyer's phone. Only a keyed hash of it is kept." })
  authCode!: string;
}

@InputType()
export class CreateRedirectPaymentInput {
  @Field(() => OrderRef)
  order!: OrderRef;

  @Field(() => PaymentMethodEnum, { description: 'PAGE, WAP or APP.' })
  method!: PaymentMethod;

  @Field(() => String, {
    nullable: true,
    description: 'Where the buyer comes back to; our own page unless given. Not for APP.',
  })
  returnUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'Where a buyer who gives up goes. WAP only.' })
  quitUrl?: string | null;
}

@InputType()
export class RefundOrderInput {
  @Field(() => OrderRef)
  order!: OrderRef;

  @Field(() => String, { description: '1–64 of A–Z a–z 0–9 _ -. The idempotency key of this refund.' })
  refundNo!: string;

  @Field(() => AmountScalar)
  amount!: Fen;

  @Field(() => String, { nullable: true, description: 'Up to 256 characters; the buyer sees it.' })
  reason?: string | null;
}

@InputType()
export class OrderActionInput {
  @Field(() => OrderRef)
  order!: OrderRef;

  @Field(() => String, { nullable: true, description: 'Why, for the history. Up to 256 characters.' })
  reason?: string | null;
}
