import type { Sure } from '../orders/outcomes.ts';
import type { Clock } from '../orders/ports.ts';
import { ownerOf } from './create-endpoint.ts';
import type { RotateSecretOutcome } from './outcomes.ts';
import type { EndpointStore, SealedSecrets } from './ports.ts';
import { newWebhookSecret } from './signature.ts';

/** So long messages carry a signature by the old secret too. */
const OVERLAP_MS = 24 * 3_600_000;

export interface RotateSecretNeeds {
  readonly endpoints: Pick<EndpointStore, 'find' | 'rotate'>;
  readonly secrets: SealedSecrets;
  readonly clock: Clock;
}

/** A new secret, answered here and never again; the one so far stays good for a day. */
export async function rotateSecret(
  { endpoints, secrets, clock }: RotateSecretNeeds,
  { merchantId, id, sure }: { readonly merchantId: string; readonly id: string; readonly sure: Sure },
): Promise<RotateSecretOutcome> {
  if ((await endpoints.find(merchantId, id)) === undefined) return { kind: 'webhook_endpoint_not_found' };
  const held = await sure();
  if (held !== undefined) return held;
  const secret = newWebhookSecret();
  const oldUntil = new Date(clock.now().getTime() + OVERLAP_MS);
  const endpoint = await endpoints.rotate(merchantId, id, secrets.seal(secret, ownerOf(id)), oldUntil);
  return endpoint === undefined ? { kind: 'webhook_endpoint_not_found' } : { kind: 'secret', endpoint, secret };
}
