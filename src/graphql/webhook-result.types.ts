import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import { ErrorResult, InvalidInput } from './error.types.ts';
import { ConfirmationRequired } from './operation.types.ts';
import { WebhookAttempt, WebhookEndpoint } from './webhook.types.ts';

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class WebhookEndpointNotFound extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class WebhookEndpointLimit extends ErrorResult {}

@ObjectType({ simpleResolvers: true })
export class WebhookSecret {
  @Field(() => String, { description: 'whsec_…, shown here and never again.' })
  secret!: string;

  @Field(() => WebhookEndpoint)
  endpoint!: WebhookEndpoint;
}

@ObjectType({ simpleResolvers: true })
export class WebhookEndpointDeleted {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ simpleResolvers: true })
export class ReplayedDeliveries {
  @Field(() => Int, { description: 'Deliveries that are sent again.' })
  count!: number;

  @Field(() => String, { nullable: true, description: 'There is more: ask again with it as `after`.' })
  nextCursor!: string | null;
}

export const CreateWebhookEndpointResult = createUnionType({
  name: 'CreateWebhookEndpointResult',
  types: () => [WebhookSecret, InvalidInput, WebhookEndpointLimit, ConfirmationRequired] as const,
});

export const UpdateWebhookEndpointResult = createUnionType({
  name: 'UpdateWebhookEndpointResult',
  types: () => [WebhookEndpoint, InvalidInput, WebhookEndpointNotFound, ConfirmationRequired] as const,
});

export const DeleteWebhookEndpointResult = createUnionType({
  name: 'DeleteWebhookEndpointResult',
  types: () => [WebhookEndpointDeleted, WebhookEndpointNotFound] as const,
});

export const RotateWebhookSecretResult = createUnionType({
  name: 'RotateWebhookSecretResult',
  types: () => [WebhookSecret, WebhookEndpointNotFound, ConfirmationRequired] as const,
});

export const SendTestEventResult = createUnionType({
  name: 'SendTestEventResult',
  types: () => [WebhookAttempt, WebhookEndpointNotFound] as const,
});

export const ReplayDeliveriesResult = createUnionType({
  name: 'ReplayDeliveriesResult',
  types: () => [ReplayedDeliveries, InvalidInput, WebhookEndpointNotFound] as const,
});
