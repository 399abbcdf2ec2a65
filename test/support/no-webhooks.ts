import type { WebhookNeeds } from '../../src/graphql/webhook.resolver.ts';
import { newId, standingClock } from './orders.ts';

/** Webhooks of a merchant who has no endpoint and no place for one. */
export function noWebhooks(): Omit<WebhookNeeds, 'confirmations'> {
  const nothing = async () => undefined;
  return {
    endpoints: {
      create: async () => 'full',
      find: nothing,
      list: async () => [],
      update: nothing,
      rotate: nothing,
      remove: async () => false,
      disable: async () => false,
    },
    deliveries: { page: async () => ({ deliveries: [], hasNextPage: false }), find: nothing },
    replays: { again: async () => 0, positionAt: async () => 0, fromFeed: async () => ({ queued: 0, reached: null }) },
    sender: { refusalOf: nothing, send: async () => ({ kind: 'abandoned' }) },
    secrets: { seal: (secret) => secret, open: (sealed) => sealed },
    clock: standingClock(),
    newId,
    testing: new Map(),
  };
}
