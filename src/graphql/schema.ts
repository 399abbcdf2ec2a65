import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import type { ManageAppsNeeds } from '../merchants/manage-apps.ts';
import type { ManageKeysNeeds } from '../merchants/manage-keys.ts';
import type { ManageMerchantsNeeds } from '../merchants/manage-merchants.ts';
import type { AuditLog } from '../merchants/ports.ts';
import { ApiKeyResolver } from './api-key.resolver.ts';
import { AppResolver } from './app.resolver.ts';
import { AuditNoteResolver } from './audit-note.resolver.ts';
import { type CaseNeeds, CaseResolver } from './case.resolver.ts';
import { type CollectNeeds, CollectResolver } from './collect.resolver.ts';
import { type ConfirmationNeeds, ConfirmationResolver } from './confirmation.resolver.ts';
import { ConfirmationPolicyResolver } from './confirmation-policy.resolver.ts';
import { FeedResolver } from './feed.resolver.ts';
import { GiveBackResolver } from './give-back.resolver.ts';
import { HandOverResolver } from './hand-over.resolver.ts';
import { MerchantResolver } from './merchant.resolver.ts';
import { NodeResolver } from './node.resolver.ts';
import { OrderResolver } from './order.resolver.ts';
import { PaymentStatusResolver } from './payment-status.resolver.ts';
import { type SellNeeds, SellResolver } from './sell.resolver.ts';
import { ViewerResolver } from './viewer.resolver.ts';
import { type WebhookNeeds, WebhookResolver } from './webhook.resolver.ts';
import { WebhookDeliveryResolver } from './webhook-delivery.resolver.ts';

/** Subscriptions read the event log; nothing is published inside the process. */
const noPubSub: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('every subscription brings its own source');
  },
};

/** What the mutations stand on, all of them. */
export type EdgeNeeds = SellNeeds &
  CollectNeeds &
  CaseNeeds & {
    readonly webhooks: WebhookNeeds;
    readonly keys: ManageKeysNeeds;
    readonly auditLog: AuditLog;
    readonly confirmations: ConfirmationNeeds;
    readonly appAdministration: ManageAppsNeeds;
    readonly merchantAdministration: ManageMerchantsNeeds;
  };

/** The executable schema. The resolvers get what they need from here, the only place that makes them. */
export function buildGraphQLSchema(needs: EdgeNeeds): GraphQLSchema {
  const resolvers = new Map<unknown, unknown>([
    [OrderResolver, new OrderResolver()],
    [NodeResolver, new NodeResolver(needs.webhooks)],
    [SellResolver, new SellResolver(needs)],
    [CollectResolver, new CollectResolver(needs)],
    [GiveBackResolver, new GiveBackResolver(needs)],
    [HandOverResolver, new HandOverResolver(needs)],
    [CaseResolver, new CaseResolver(needs)],
    [PaymentStatusResolver, new PaymentStatusResolver()],
    [FeedResolver, new FeedResolver()],
    [ViewerResolver, new ViewerResolver()],
    [ConfirmationResolver, new ConfirmationResolver(needs.confirmations)],
    [ConfirmationPolicyResolver, new ConfirmationPolicyResolver(needs.confirmations)],
    [ApiKeyResolver, new ApiKeyResolver(needs.keys)],
    [AuditNoteResolver, new AuditNoteResolver(needs.auditLog)],
    [AppResolver, new AppResolver(needs.appAdministration)],
    [MerchantResolver, new MerchantResolver(needs.merchantAdministration)],
    [WebhookResolver, new WebhookResolver(needs.webhooks)],
    [WebhookDeliveryResolver, new WebhookDeliveryResolver(needs.webhooks)],
  ]);
  return buildSchemaSync({
    resolvers: [
      OrderResolver,
      NodeResolver,
      SellResolver,
      CollectResolver,
      GiveBackResolver,
      HandOverResolver,
      CaseResolver,
      PaymentStatusResolver,
      FeedResolver,
      ViewerResolver,
      ConfirmationResolver,
      ConfirmationPolicyResolver,
      ApiKeyResolver,
      AuditNoteResolver,
      AppResolver,
      MerchantResolver,
      WebhookResolver,
      WebhookDeliveryResolver,
    ],
    container: { get: (type: unknown) => resolvers.get(type) },
    pubSub: noPubSub,
    validate: false,
    // graphql-js asserts the same before the first document; here it costs a start a tenth of its time.
    skipCheck: true,
  });
}
