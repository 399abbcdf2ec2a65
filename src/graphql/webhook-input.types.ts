import { Field, ID, InputType } from 'type-graphql';
import type { DeliveryStatus } from '../deliveries/delivery.ts';
import { OrderRef } from './input.types.ts';
import { DateTimeScalar } from './scalars.ts';
import { WebhookDeliveryStatusEnum } from './webhook-enums.ts';

const URL_RULE = 'https, port 443 or 8443, a public host; up to 2000 characters.';
const TYPES_RULE = 'Events (`payment.succeeded`) and families (`refund.*`); null: all.';

@InputType()
export class CreateWebhookEndpointInput {
  @Field(() => String, { description: URL_RULE })
  url!: string;

  @Field(() => [String], { nullable: true, description: TYPES_RULE })
  eventTypes?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Up to 256 characters.' })
  description?: string | null;
}

@InputType({ description: 'What is left out stays.' })
export class UpdateWebhookEndpointInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true, description: URL_RULE })
  url?: string | null;

  @Field(() => [String], { nullable: true, description: TYPES_RULE })
  eventTypes?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Up to 256 characters; null: none.' })
  description?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'While false nothing is sent or collected. True again: what was pending goes on and new events are sent; ' +
      'replayDeliveries with failedSince sends what happened in between.',
  })
  enabled?: boolean | null;
}

@InputType()
export class WebhookDeliveryFilter {
  @Field(() => ID, { nullable: true })
  endpointId?: string | null;

  @Field(() => WebhookDeliveryStatusEnum, { nullable: true })
  status?: DeliveryStatus | null;

  @Field(() => OrderRef, { nullable: true })
  order?: OrderRef | null;

  @Field(() => String, { nullable: true, description: 'One event, like `payment.succeeded`.' })
  eventType?: string | null;
}

@InputType({ description: 'By the times of the events.' })
export class TimeRange {
  @Field(() => DateTimeScalar)
  from!: Date;

  @Field(() => DateTimeScalar)
  before!: Date;
}

@InputType({ description: 'Exactly one of deliveryIds, failedSince and range. Events keep their ids.' })
export class ReplayDeliveriesInput {
  @Field(() => ID)
  endpointId!: string;

  @Field(() => [ID], { nullable: true, description: 'These, up to 100, whatever became of them.' })
  deliveryIds?: string[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Every event since then that has not arrived, also those that came while the endpoint was disabled.',
  })
  failedSince?: Date | null;

  @Field(() => TimeRange, { nullable: true, description: 'Every event of that time, arrived or not.' })
  range?: TimeRange | null;

  @Field(() => String, { nullable: true, description: 'nextCursor of the answer before; for failedSince and range.' })
  after?: string | null;
}
