import { createUnionType, Field, ID, ObjectType } from 'type-graphql';
import { ErrorResult, InvalidInput } from './error.types.ts';
import { DateTimeScalar } from './scalars.ts';

@ObjectType('Merchant', { simpleResolvers: true })
export class MerchantType {
  @Field(() => ID, { description: 'mer_…' })
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => DateTimeScalar)
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when its credentials open nothing.' })
  suspendedAt!: Date | null;
}

@ObjectType({ simpleResolvers: true })
export class MerchantCreated {
  @Field(() => MerchantType)
  merchant!: MerchantType;

  @Field(() => String, {
    description: 'Its first API key, which may do everything for it: shown here and never again.',
  })
  secret!: string;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class MerchantNotFound extends ErrorResult {}

export const CreateMerchantResult = createUnionType({
  name: 'CreateMerchantResult',
  types: () => [MerchantCreated, InvalidInput] as const,
});

export const MerchantResult = createUnionType({
  name: 'MerchantResult',
  types: () => [MerchantType, InvalidInput, MerchantNotFound] as const,
});
