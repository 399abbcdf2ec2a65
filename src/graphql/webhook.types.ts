import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { DeliveryStatus } from '../deliveries/delivery.ts';
import type { DisabledReason } from '../deliveries/endpoint.ts';
import type { Context } from './context.ts';
import type { Lazy } from './make.ts';
import { NodeType } from './node.types.ts';
import { OrderType } from './order.types.ts';
import { PageInfo } from './page.types.ts';
import { DateTimeScalar } from './scalars.ts';
import { WebhookDeliveryStatusEnum, WebhookDisabledReasonEnum } from './webhook-enums.ts';

@ObjectType({
  implements: NodeType,
  simpleResolvers: true,
  description: "A server of the merchant's that is told of events: docs/webhooks.md. Its secret is never shown again.",
})
export class WebhookEndpoint extends NodeType {
  @Field(() => String)
  url!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => [String], { nullable: true, description: 'Events and families, like `refund.*`; null: all.' })
  eventTypes!: readonly string[] | null;

  @Field(() => Boolean)
  enabled!: boolean;

  @Field(() => DateTimeScalar, { nullable: true })
  disabledAt!: Date | null;

  @Field(() => WebhookDisabledReasonEnum, { nullable: true })
  disabledReason!: DisabledReason | null;

  @Field(() => Int, { description: 'Attempts in a row that failed; from 5 on it is only probed.' })
  failures!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since then no attempt has succeeded.' })
  failingSince!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until then messages are signed by the old secret too.' })
  oldSecretUntil!: Date | null;

  @Field(() => DateTimeScalar)
  createdAt!: Date;
}

@ObjectType({ simpleResolvers: true, description: 'One request to an endpoint, and what came of it.' })
export class WebhookAttempt {
  @Field(() => DateTimeScalar)
  at!: Date;

  @Field(() => Boolean, { description: 'Answered with 2xx.' })
  succeeded!: boolean;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the answer; null when none came.' })
  statusCode!: number | null;

  @Field(() => Int)
  latencyMs!: number;

  @Field(() => String, { nullable: true, description: 'The first 1024 bytes of the answer.' })
  answer!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it failed.' })
  reason!: string | null;
}

@ObjectType({ implements: NodeType, simpleResolvers: true, description: 'One event owed to one endpoint.' })
export class WebhookDelivery extends NodeType {
  @Field(() => ID)
  endpointId!: string;

  @Field(() => ID, { description: 'evt_…, the webhook-id of every attempt.' })
  eventId!: string;

  @Field(() => String)
  eventType!: string;

  @Field(() => WebhookDeliveryStatusEnum)
  status!: DeliveryStatus;

  @Field(() => DateTimeScalar)
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  finishedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'While PENDING; not before the order’s earlier events.' })
  nextAttemptAt!: Date | null;

  @Field(() => [WebhookAttempt], { description: 'Oldest first.' })
  attempts!: readonly WebhookAttempt[];

  @Field(() => OrderType, { nullable: true, description: 'Null for an event that is about no order.' })
  order!: Lazy<Promise<OrderType | null>, Context>;
}

@ObjectType({ simpleResolvers: true })
export class WebhookDeliveryEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => WebhookDelivery)
  node!: WebhookDelivery;
}

@ObjectType({ simpleResolvers: true })
export class WebhookDeliveryConnection {
  @Field(() => [WebhookDeliveryEdge])
  edges!: WebhookDeliveryEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
