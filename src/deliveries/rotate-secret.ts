import type { Clock } from '../orders/ports.ts';
import { ownerOf } from './create-endpoint.ts';
import type { RotateSecretOutcome } from './outcomes.ts';
import type { EndpointStore, SealedSecrets } from './ports.ts';
import { newWebhookSecret } from './signature.ts';

/** So long messages carry a signature by the old secret too. */
const OVERLAP_MS = 24 * 3_600_000;

export interface RotateSecretNeeds {
  readonly endpoints: Pick<EndpointStore, 'rotate'>;
  readonly secrets: SealedSecrets;
  readonly clock: Clock;
}

/** A new secret, answered here and never again; the one so far stays good for a day. */
export async function rotateSecret(
  { endpoints, secrets, clock }: RotateSecretNeeds,
  { merchantId, id }: { readonly merchantId: string; readonly id: string },
): Promise<RotateSecretOutcome> {
  const secret = newWebhookSecret();
  const oldUntil = new Date(clock.now().getTime() + OVERLAP_MS);
  const endpoint = await endpoints.rotate(merchantId, id, secrets.seal(secret, ownerOf(id)), oldUntil);
  return endpoint === undefined ? { kind: 'webhook_endpoint_not_found' } : { kind: 'secret', endpoint, secret };
}
