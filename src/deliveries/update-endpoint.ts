import type { Sure } from '../orders/outcomes.ts';
import type { Clock } from '../orders/ports.ts';
import type { EndpointChanges } from './endpoint.ts';
import { faultInEndpoint } from './endpoint-input.ts';
import type { UpdateEndpointOutcome } from './outcomes.ts';
import type { EndpointStore, Sender } from './ports.ts';

export interface UpdateEndpointNeeds {
  readonly endpoints: Pick<EndpointStore, 'find' | 'update'>;
  readonly sender: Pick<Sender, 'refusalOf'>;
  readonly clock: Clock;
}

export interface UpdateEndpoint {
  readonly merchantId: string;
  readonly id: string;
  readonly changes: EndpointChanges;
  /** Asked when the events are to go elsewhere. */
  readonly sure: Sure;
}

export async function updateEndpoint(
  { endpoints, sender, clock }: UpdateEndpointNeeds,
  { merchantId, id, changes, sure }: UpdateEndpoint,
): Promise<UpdateEndpointOutcome> {
  const { url, eventTypes = null, description = null } = changes;
  const fault = await faultInEndpoint({ url, eventTypes, description }, sender);
  if (fault !== undefined) return fault;
  const before = url === undefined ? undefined : await endpoints.find(merchantId, id);
  const held = before !== undefined && before.url !== url ? await sure() : undefined;
  if (held !== undefined) return held;
  const endpoint = await endpoints.update(merchantId, id, changes, clock.now());
  return endpoint === undefined ? { kind: 'webhook_endpoint_not_found' } : { kind: 'endpoint', endpoint };
}
