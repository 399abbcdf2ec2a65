import type { Sure } from '../orders/outcomes.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import { MOST_ENDPOINTS, type WebhookEndpoint } from './endpoint.ts';
import { faultInEndpoint } from './endpoint-input.ts';
import type { CreateEndpointOutcome } from './outcomes.ts';
import type { EndpointStore, SealedSecrets, Sender } from './ports.ts';
import { newWebhookSecret } from './signature.ts';

export interface CreateEndpointNeeds {
  readonly endpoints: Pick<EndpointStore, 'create' | 'list'>;
  readonly sender: Pick<Sender, 'refusalOf'>;
  readonly secrets: SealedSecrets;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface CreateEndpoint {
  readonly merchantId: string;
  readonly url: string;
  readonly eventTypes: readonly string[] | null;
  readonly description: string | null;
  readonly sure: Sure;
}

const FULL = { kind: 'webhook_endpoint_limit', most: MOST_ENDPOINTS } as const;

/** A new endpoint hears of what happens from now on. Its secret is answered here and never again. */
export async function createEndpoint(
  { endpoints, sender, secrets, clock, newId }: CreateEndpointNeeds,
  { merchantId, url, eventTypes, description, sure }: CreateEndpoint,
): Promise<CreateEndpointOutcome> {
  const fault = await faultInEndpoint({ url, eventTypes, description }, sender);
  if (fault !== undefined) return fault;
  // Before anybody is asked; whoever takes the last place in between is met by the statement that creates it.
  if ((await endpoints.list(merchantId)).length >= MOST_ENDPOINTS) return FULL;
  const held = await sure();
  if (held !== undefined) return held;
  const now = clock.now();
  const id = newId(now);
  const secret = newWebhookSecret();
  const endpoint: WebhookEndpoint = {
    id,
    merchantId,
    url,
    description,
    eventTypes,
    keys: { secret: secrets.seal(secret, ownerOf(id)), oldSecret: null, oldUntil: null },
    createdAt: now,
    disabledAt: null,
    disabledReason: null,
    health: { failures: 0, failingSince: null },
  };
  if ((await endpoints.create(endpoint)) === 'full') return FULL;
  return { kind: 'secret', endpoint, secret };
}

/** Whose a sealed secret is. */
export function ownerOf(endpointId: string): string {
  return `webhook:${endpointId}`;
}
