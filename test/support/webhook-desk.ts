// Everything a merchant can ask of the gateway about webhooks.
import { Webhook } from 'standardwebhooks';
import { ask, type Door, dataOf, type Variables } from './graphql-client.ts';
import type { Received } from './receiver.ts';

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly eventTypes: readonly string[] | null;
  readonly description: string | null;
  readonly disabledReason: string | null;
  readonly failures: number;
  readonly oldSecretUntil: string | null;
}

export interface AttemptView {
  readonly succeeded: boolean;
  readonly statusCode: number | null;
  readonly latencyMs: number;
  readonly answer: string | null;
  readonly reason: string | null;
}

export interface DeliveryView {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: string;
  readonly nextAttemptAt: string | null;
  readonly attempts: readonly AttemptView[];
  readonly order: { readonly merchantOrderNo: string } | null;
}

/** A member of a result union: the thing itself or a refusal. */
export type Said<Thing> = Partial<Thing> & {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
};

const ENDPOINT = 'id url enabled eventTypes description disabledReason failures oldSecretUntil';
const ATTEMPT = 'succeeded statusCode latencyMs answer reason';
const REFUSED = '__typename ... on ErrorResult { code message }';
const INVALID = '... on InvalidInput { field }';
const DELIVERY = `id endpointId eventId eventType status nextAttemptAt attempts { ${ATTEMPT} } order { merchantOrderNo }`;

export interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: DeliveryView }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export function webhookDesk(door: Door) {
  async function say<Thing>(document: string, variables: Variables): Promise<Said<Thing>> {
    const data = await dataOf(ask<{ said: Said<Thing> }>(door, document, variables));
    return data.said;
  }
  const secret = `... on WebhookSecret { secret endpoint { ${ENDPOINT} } }`;
  return {
    create: (input: Variables) =>
      say<{ secret: string; endpoint: EndpointView }>(
        `mutation ($input: CreateWebhookEndpointInput!) { said: createWebhookEndpoint(input: $input) { ${REFUSED} ${INVALID} ${secret} } }`,
        { input },
      ),
    update: (input: Variables) =>
      say<EndpointView>(
        `mutation ($input: UpdateWebhookEndpointInput!) { said: updateWebhookEndpoint(input: $input) {
          ${REFUSED} ${INVALID} ... on WebhookEndpoint { ${ENDPOINT} } } }`,
        { input },
      ),
    remove: (id: string) =>
      say<{ id: string }>(
        `mutation ($id: ID!) { said: deleteWebhookEndpoint(id: $id) { ${REFUSED} ... on WebhookEndpointDeleted { id } } }`,
        { id },
      ),
    rotate: (id: string) =>
      say<{ secret: string; endpoint: EndpointView }>(
        `mutation ($id: ID!) { said: rotateWebhookSecret(id: $id) { ${REFUSED} ${secret} } }`,
        { id },
      ),
    test: (id: string) =>
      say<AttemptView>(
        `mutation ($id: ID!) { said: sendTestEvent(endpointId: $id) { ${REFUSED} ... on WebhookAttempt { ${ATTEMPT} } } }`,
        { id },
      ),
    replay: (input: Variables) =>
      say<{ count: number; nextCursor: string | null }>(
        `mutation ($input: ReplayDeliveriesInput!) { said: replayDeliveries(input: $input) {
          ${REFUSED} ${INVALID} ... on ReplayedDeliveries { count nextCursor } } }`,
        { input },
      ),
    async list(): Promise<readonly EndpointView[]> {
      const query = `{ webhookEndpoints { ${ENDPOINT} } }`;
      return (await dataOf(ask<{ webhookEndpoints: EndpointView[] }>(door, query))).webhookEndpoints;
    },
    async page(variables: Variables = {}): Promise<Page> {
      const query = `query ($filter: WebhookDeliveryFilter, $first: Int, $after: String) {
        webhookDeliveries(filter: $filter, first: $first, after: $after) {
          edges { cursor node { ${DELIVERY} } } pageInfo { hasNextPage endCursor } } }`;
      return (await dataOf(ask<{ webhookDeliveries: Page }>(door, query, variables))).webhookDeliveries;
    },
    async deliveries(filter: Variables = {}): Promise<readonly DeliveryView[]> {
      return (await this.page({ filter, first: 100 })).edges.map(({ node }) => node);
    },
  };
}

/** What the receiver's side of Standard Webhooks makes of a request. @throws when it is not signed with this secret. */
export function verified({ body, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(body, {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });
}
