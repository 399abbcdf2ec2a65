import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { OrderResolver } from './order.resolver.ts';
import { PaymentStatusResolver } from './payment-status.resolver.ts';
import { type SellNeeds, SellResolver } from './sell.resolver.ts';

/** Subscriptions read the event log; nothing is published inside the process. */
const noPubSub: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('every subscription brings its own source');
  },
};

/** The executable schema. The resolvers get what they need from here, the only place that makes them. */
export function buildGraphQLSchema(needs: SellNeeds): GraphQLSchema {
  const resolvers = new Map<unknown, unknown>([
    [OrderResolver, new OrderResolver()],
    [SellResolver, new SellResolver(needs)],
    [PaymentStatusResolver, new PaymentStatusResolver()],
  ]);
  return buildSchemaSync({
    resolvers: [OrderResolver, SellResolver, PaymentStatusResolver],
    container: { get: (type: unknown) => resolvers.get(type) },
    pubSub: noPubSub,
    validate: false,
  });
}
