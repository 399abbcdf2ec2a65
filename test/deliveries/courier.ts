// The gateway's deliverer over a real database and real sockets, with a clock, a ladder and a timeout of the test's own.
import { sealedSecrets } from '../../src/credentials/sealed-secrets.ts';
import { createEndpoint } from '../../src/deliveries/create-endpoint.ts';
import { type Delivered, deliver } from '../../src/deliveries/deliver.ts';
import { newUuid } from '../../src/ids.ts';
import { newLog } from '../../src/log.ts';
import { machineNames } from '../../src/webhooks/resolve.ts';
import { webhookSender } from '../../src/webhooks/sender.ts';
import { startDeliverer } from '../../src/worker/deliverer.ts';
import type { Hooks } from '../postgres/hooks.ts';

export const SECRET_KEY = 'a secret key of thirty-two letters';

export interface CourierNeeds {
  readonly ladderMs?: readonly number[];
  readonly timeoutMs?: number;
  readonly secretKey?: string;
  readonly now?: () => Date;
}

export type Courier = ReturnType<typeof startCourier>;

export function startCourier(hooks: Hooks, needs: CourierNeeds = {}) {
  const { ladderMs = [0, 30, 30], timeoutMs = 2_000, secretKey = SECRET_KEY, now = () => new Date() } = needs;
  const sender = webhookSender({ resolve: machineNames, rules: { local: true }, timeoutMs });
  const { queue, endpoints } = hooks;
  const secrets = sealedSecrets(secretKey);
  const pace = { ladderMs, jitter: () => 0 };
  const delivered: Delivered[] = [];
  const deliverer = startDeliverer({
    fanOut: () => queue.fanOut(now()),
    take: (limit) => queue.take(limit, now()),
    deliver: async (due) => {
      delivered.push(await deliver({ queue, endpoints, sender, secrets, clock: { now }, newId: newUuid, pace }, due));
    },
    abandon: () => sender.close(),
    log: newLog('silent'),
  });
  return { ...deliverer, sender, delivered };
}

/** An endpoint as the API makes it; answers its id and its secret. */
export async function endpointAt(
  hooks: Hooks,
  merchantId: string,
  { url, eventTypes = null }: { readonly url: string; readonly eventTypes?: readonly string[] | null },
) {
  const needs = {
    endpoints: hooks.endpoints,
    sender: { refusalOf: async () => undefined },
    secrets: sealedSecrets(SECRET_KEY),
    clock: { now: () => new Date() },
    newId: newUuid,
  };
  const outcome = await createEndpoint(needs, {
    merchantId,
    url,
    eventTypes,
    description: null,
    sure: async () => undefined,
  });
  if (outcome.kind !== 'secret') throw new Error(outcome.kind);
  return { id: outcome.endpoint.id, secret: outcome.secret };
}
