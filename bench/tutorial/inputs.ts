import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class OrderRef {
  @Field(() => ID, { nullable: true })
  id?: string;

  @Field(() => String, { nullable: true })
  merchantOrderNo?: string;
}

@InputType()
export class CreateOrderInput {
  @Field(() => String)
  merchantOrderNo!: string;

  @Field(() => String)
  amount!: string;

  @Field(() => String)
  subject!: string;

  @Field(() => String, { nullable: true })
  storeId?: string;

  @Field(() => String, { nullable: true })
  terminalId?: string;
}

@InputType()
export class PrecreateQrCodeInput {
  @Field(() => OrderRef)
  order!: OrderRef;
}

@InputType()
export class PayByAuthCodeInput {
  @Field(() => OrderRef)
  order!: OrderRef;

  @Field(() => String)
  authCode!: string;
}

@InputType()
export class RefundOrderInput {
  @Field(() => OrderRef)
  order!: OrderRef;

  @Field(() => String)
  refundNo!: string;

  @Field(() => String)
  amount!: string;
}
