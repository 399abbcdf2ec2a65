// What the use cases about webhooks may answer.
import type { ConfirmationRequired, InvalidInput } from '../orders/outcomes.ts';
import type { Attempt } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';

export interface EndpointNotFound {
  readonly kind: 'webhook_endpoint_not_found';
}

/** The only answer that carries a secret. */
export interface SecretGiven {
  readonly kind: 'secret';
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export type CreateEndpointOutcome =
  | SecretGiven
  | ConfirmationRequired
  | InvalidInput
  | { readonly kind: 'webhook_endpoint_limit'; readonly most: number };

export type UpdateEndpointOutcome =
  | { readonly kind: 'endpoint'; readonly endpoint: WebhookEndpoint }
  | ConfirmationRequired
  | InvalidInput
  | EndpointNotFound;

export type RotateSecretOutcome = SecretGiven | ConfirmationRequired | EndpointNotFound;

export type TestEventOutcome = { readonly kind: 'attempt'; readonly attempt: Attempt } | EndpointNotFound;

export type ReplayOutcome = Replayed | InvalidInput | EndpointNotFound;

export interface Replayed {
  readonly kind: 'replayed';
  readonly count: number;
  /** Where to go on; null when everything has been looked at. */
  readonly nextPosition: number | null;
}
