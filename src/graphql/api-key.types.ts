import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Scope } from '../merchants/scopes.ts';
import { ErrorResult, InvalidInput } from './error.types.ts';
import { ConfirmationRequired } from './operation.types.ts';
import { DateTimeScalar } from './scalars.ts';

export const ScopeEnum: Readonly<Record<string, Scope>> = {
  ORDERS_READ: 'orders:read',
  ORDERS_WRITE: 'orders:write',
  REFUNDS_WRITE: 'refunds:write',
  REFUNDS_CONFIRM: 'refunds:confirm',
  FULFILMENT_WRITE: 'fulfilment:write',
  WEBHOOKS_MANAGE: 'webhooks:manage',
  CASES_MANAGE: 'cases:manage',
  ADMIN: 'admin',
};

registerEnumType(ScopeEnum, {
  name: 'Scope',
  description: 'What an API key may do. None implies another.',
  valuesConfig: {
    ORDERS_READ: { description: 'order, orders, node, paymentStatus, events, orderEvents.' },
    ORDERS_WRITE: { description: 'Sell, collect, ask Alipay, cancel what is unpaid.' },
    REFUNDS_WRITE: { description: 'Give money back: refundOrder, reverseOrder.' },
    REFUNDS_CONFIRM: { description: 'Confirm money that another credential has asked to give back.' },
    FULFILMENT_WRITE: { description: 'shipOrder, completeOrder, returnOrder.' },
    WEBHOOKS_MANAGE: { description: 'Endpoints, their secrets and their deliveries.' },
    CASES_MANAGE: { description: 'Money that does not fit, and the rule for it.' },
    ADMIN: {
      description: 'API keys, Alipay apps, the confirmation policy, how long events are kept; decide about settings.',
    },
  },
});

@ObjectType('ApiKey', {
  simpleResolvers: true,
  description: 'The key itself is shown when it is made, and never again.',
})
export class ApiKeyType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  label!: string;

  @Field(() => String, { description: 'How the key begins, to tell it from others; empty for one of another make.' })
  prefix!: string;

  @Field(() => [ScopeEnum], { description: "Empty for a terminal's key, which sells and undoes at its own terminal." })
  scopes!: Scope[];

  @Field(() => String, { nullable: true })
  terminalId!: string | null;

  @Field(() => DateTimeScalar)
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  expiresAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  revokedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Within a minute.' })
  lastUsedAt!: Date | null;
}

@InputType()
export class CreateApiKeyInput {
  @Field(() => String, { description: 'What it is for: up to 256 characters.' })
  label!: string;

  @Field(() => [ScopeEnum], {
    nullable: true,
    description: "At least one, of the asking key's own; none with terminalId.",
  })
  scopes?: Scope[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A key for this terminal alone: it sells there, and sees and undoes what it sold in the last 24 hours.',
  })
  terminalId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  expiresAt?: Date | null;
}

@InputType()
export class RotateApiKeyInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'How long the old key stays valid: a day unless given, 30 at most.',
  })
  overlapSeconds?: number | null;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class ApiKeyNotFound extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class ApiKeyLimit extends ErrorResult {}

@ObjectType({ simpleResolvers: true })
export class ApiKeySecret {
  @Field(() => String, { description: 'kassa_…, shown here and never again.' })
  secret!: string;

  @Field(() => ApiKeyType)
  apiKey!: ApiKeyType;
}

export const CreateApiKeyResult = createUnionType({
  name: 'CreateApiKeyResult',
  types: () => [ApiKeySecret, InvalidInput, ApiKeyLimit, ConfirmationRequired] as const,
});

export const RotateApiKeyResult = createUnionType({
  name: 'RotateApiKeyResult',
  types: () => [ApiKeySecret, InvalidInput, ApiKeyNotFound, ConfirmationRequired] as const,
});

export const RevokeApiKeyResult = createUnionType({
  name: 'RevokeApiKeyResult',
  types: () => [ApiKeyType, InvalidInput, ApiKeyNotFound, ConfirmationRequired] as const,
});
