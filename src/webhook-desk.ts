// What webhooks stand on: the merchants' endpoints, what is owed to them, the road outside, and the loop that delivers.
import type { Config } from './config.ts';
import { sealedSecrets } from './credentials/sealed-secrets.ts';
import { deliver } from './deliveries/deliver.ts';
import { LADDER_MS } from './deliveries/ladder.ts';
import type { DeliveryQueue, EndpointStore, SealedSecrets } from './deliveries/ports.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { WebhookNeeds } from './graphql/webhook.resolver.ts';
import type { Metrics } from './http/metrics.ts';
import { newUuid } from './ids.ts';
import type { Log } from './log.ts';
import type { News } from './news.ts';
import { postgresDeliveryReads, postgresReplays } from './postgres/webhook-deliveries.ts';
import { postgresEndpointStore } from './postgres/webhook-endpoints.ts';
import { postgresDeliveryQueue } from './postgres/webhook-queue.ts';
import { machineNames, nameServers } from './webhooks/resolve.ts';
import { type ClosableSender, webhookSender } from './webhooks/sender.ts';
import { startDeliverer } from './worker/deliverer.ts';
import { startPruner } from './worker/pruner.ts';

export interface WebhookParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly news: Pick<News, 'onWebhooks'>;
  readonly ends: Ends;
}

/** A merchant's server that takes longer than this gets the event again. */
const ATTEMPT_TIMEOUT_MS = 15_000;

export function openWebhooks(config: Config, parts: WebhookParts): Omit<WebhookNeeds, 'confirmations'> {
  const { base, ends } = parts;
  const { database, clock, secretKey, otherSecretKeys } = base;
  const road = openSender(config);
  const sender = base.failpoints.wrap('sender', road);
  const endpoints = postgresEndpointStore(database);
  const secrets = sealedSecrets(secretKey, otherSecretKeys);
  ends.push(async () => road.close());
  if (config.role !== 'gateway') startDeliveries(parts, { sender, endpoints, secrets });
  return {
    endpoints,
    deliveries: postgresDeliveryReads(database),
    replays: postgresReplays(database),
    sender,
    secrets,
    clock,
    newId: newUuid,
    testing: new Map(),
  };
}

/** One decision: whether this machine and plain http are within reach. */
function openSender({ localWebhooks: local }: Config): ClosableSender {
  const resolve = local ? machineNames : nameServers();
  return webhookSender({ resolve, rules: { local }, timeoutMs: ATTEMPT_TIMEOUT_MS });
}

interface Delivering {
  readonly sender: ClosableSender;
  readonly endpoints: EndpointStore;
  readonly secrets: SealedSecrets;
}

function startDeliveries({ base, log, metrics, news, ends }: WebhookParts, tools: Delivering): void {
  const { database, clock } = base;
  const queue: DeliveryQueue = base.failpoints.wrap('deliveries', postgresDeliveryQueue(database));
  const needs = { ...tools, queue, clock, newId: newUuid, pace: { ladderMs: LADDER_MS, jitter: Math.random } };
  const deliverer = startDeliverer({
    fanOut: () => queue.fanOut(clock.now()),
    take: (limit) => queue.take(limit, clock.now()),
    deliver: async (due) => {
      const delivered = await deliver(needs, due);
      metrics.webhook(delivered);
      const { kind, disabled } = delivered;
      const { deliveryId, endpoint } = due;
      log.debug({ deliveryId, endpointId: endpoint.id, outcome: kind }, 'a webhook was attempted');
      if (disabled !== undefined)
        log.warn({ endpointId: endpoint.id, reason: disabled }, 'a webhook endpoint was disabled');
    },
    abandon: () => tools.sender.close(),
    log,
  });
  const pruner = startPruner((limit) => queue.prune(clock.now(), limit), log);
  news.onWebhooks(() => deliverer.poke());
  base.onClockMoved(async () => deliverer.poke());
  ends.push(async () => {
    await Promise.all([deliverer.stop(), pruner.stop()]);
  });
}
