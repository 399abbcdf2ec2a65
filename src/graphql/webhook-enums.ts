import { registerEnumType } from 'type-graphql';
import type { DeliveryStatus } from '../deliveries/delivery.ts';
import type { DisabledReason } from '../deliveries/endpoint.ts';
import type { Names } from './enums.ts';

export const WebhookDeliveryStatusEnum: Names<DeliveryStatus> = {
  PENDING: 'PENDING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
};
export const WebhookDisabledReasonEnum: Names<DisabledReason> = {
  MERCHANT: 'MERCHANT',
  GONE: 'GONE',
  FAILING: 'FAILING',
};

registerEnumType(WebhookDeliveryStatusEnum, {
  name: 'WebhookDeliveryStatus',
  valuesConfig: {
    PENDING: { description: 'On its way, or waiting for its next attempt.' },
    SUCCEEDED: { description: 'Answered with 2xx.' },
    FAILED: { description: 'Every attempt has failed; replayDeliveries sends it again.' },
  },
});
registerEnumType(WebhookDisabledReasonEnum, {
  name: 'WebhookDisabledReason',
  valuesConfig: {
    MERCHANT: { description: 'By updateWebhookEndpoint.' },
    GONE: { description: 'The endpoint answered 410.' },
    FAILING: { description: 'Every attempt of five days failed.' },
  },
});
