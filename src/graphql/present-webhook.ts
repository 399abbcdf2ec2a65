// Every field of an endpoint and a delivery that may leave, listed: what messages are signed with is not among them.
import { isSuccess } from '../deliveries/after-attempt.ts';
import type { Attempt, Delivery } from '../deliveries/delivery.ts';
import type { WebhookEndpoint as Endpoint } from '../deliveries/endpoint.ts';
import type {
  CreateEndpointOutcome,
  EndpointNotFound,
  ReplayOutcome,
  RotateSecretOutcome,
  SecretGiven,
  UpdateEndpointOutcome,
} from '../deliveries/outcomes.ts';
import { toTypeId } from '../ids.ts';
import type { InvalidInput as Invalid } from '../orders/outcomes.ts';
import type { Context } from './context.ts';
import { InvalidInput } from './error.types.ts';
import { feedCursor } from './feed-cursor.ts';
import { make } from './make.ts';
import { presentHeld } from './present-operation.ts';
import { presentOrder } from './present-order.ts';
import { WebhookAttempt, WebhookDelivery, WebhookEndpoint } from './webhook.types.ts';
import {
  type CreateWebhookEndpointResult,
  type ReplayDeliveriesResult,
  ReplayedDeliveries,
  type RotateWebhookSecretResult,
  type UpdateWebhookEndpointResult,
  WebhookEndpointLimit,
  WebhookEndpointNotFound,
  WebhookSecret,
} from './webhook-result.types.ts';

export function presentEndpoint(endpoint: Endpoint): WebhookEndpoint {
  const { url, description, eventTypes, disabledAt, disabledReason, health, keys, createdAt } = endpoint;
  return make(WebhookEndpoint, {
    id: toTypeId('whe', endpoint.id),
    url,
    description,
    eventTypes,
    enabled: disabledAt === null,
    disabledAt,
    disabledReason,
    failures: health.failures,
    failingSince: health.failingSince,
    oldSecretUntil: keys.oldUntil,
    createdAt,
  });
}

export function presentDelivery(delivery: Delivery): WebhookDelivery {
  const { orderId, eventType, status, createdAt, finishedAt, nextAttemptAt } = delivery;
  return make(WebhookDelivery, {
    id: toTypeId('whd', delivery.id),
    endpointId: toTypeId('whe', delivery.endpointId),
    eventId: toTypeId('evt', delivery.eventId),
    eventType,
    status,
    createdAt,
    finishedAt,
    nextAttemptAt,
    attempts: delivery.attempts.map(presentAttempt),
    order: async (_, context) => (orderId === null ? null : presentOrder(await context.load.order(orderId), context)),
  });
}

export function presentAttempt(attempt: Attempt): WebhookAttempt {
  const { at, statusCode, latencyMs, answer, reason } = attempt;
  return make(WebhookAttempt, { at, succeeded: isSuccess(attempt), statusCode, latencyMs, answer, reason });
}

export function presentCreatedEndpoint(
  outcome: CreateEndpointOutcome,
  context: Context,
): typeof CreateWebhookEndpointResult {
  if (outcome.kind === 'confirmation_required') return presentHeld(outcome, context);
  if (outcome.kind === 'secret') return presentSecret(outcome);
  if (outcome.kind === 'invalid_input') return presentInvalid(outcome);
  const message = `A merchant may have ${outcome.most} endpoints: delete one first`;
  return make(WebhookEndpointLimit, { code: 'WEBHOOK_ENDPOINT_LIMIT', message });
}

export function presentUpdatedEndpoint(
  outcome: UpdateEndpointOutcome,
  context: Context,
): typeof UpdateWebhookEndpointResult {
  if (outcome.kind === 'confirmation_required') return presentHeld(outcome, context);
  if (outcome.kind === 'endpoint') return presentEndpoint(outcome.endpoint);
  return outcome.kind === 'invalid_input' ? presentInvalid(outcome) : presentNotFound(outcome);
}

export function presentRotated(outcome: RotateSecretOutcome, context: Context): typeof RotateWebhookSecretResult {
  if (outcome.kind === 'confirmation_required') return presentHeld(outcome, context);
  return outcome.kind === 'secret' ? presentSecret(outcome) : presentNotFound(outcome);
}

export function presentReplayed(outcome: ReplayOutcome): typeof ReplayDeliveriesResult {
  if (outcome.kind === 'invalid_input') return presentInvalid(outcome);
  if (outcome.kind === 'webhook_endpoint_not_found') return presentNotFound(outcome);
  const { count, nextPosition } = outcome;
  return make(ReplayedDeliveries, { count, nextCursor: nextPosition === null ? null : feedCursor(nextPosition) });
}

function presentSecret({ secret, endpoint }: SecretGiven): WebhookSecret {
  return make(WebhookSecret, { secret, endpoint: presentEndpoint(endpoint) });
}

export function presentNotFound(_: EndpointNotFound): WebhookEndpointNotFound {
  const message = 'There is no such webhook endpoint';
  return make(WebhookEndpointNotFound, { code: 'WEBHOOK_ENDPOINT_NOT_FOUND', message });
}

function presentInvalid({ message, field }: Invalid): InvalidInput {
  return make(InvalidInput, { code: 'INVALID_INPUT', message, field });
}
