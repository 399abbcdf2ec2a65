// Everything a merchant can ask of the gateway about webhooks.
import { Webhook } from 'standardwebhooks';
import { graphql } from './gql/gql.ts';
import type {
  CreateWebhookEndpointInput,
  PageOfDeliveriesQueryVariables,
  ReplayDeliveriesInput,
  UpdateWebhookEndpointInput,
  WebhookDeliveryFilter,
} from './gql/graphql.ts';
import { ask, type Door, dataOf } from './graphql-client.ts';
import type { Needed, Operation } from './operation.ts';
import type { Received } from './receiver.ts';

graphql(`
  fragment Endpoint on WebhookEndpoint {
    id url enabled eventTypes description disabledReason failures oldSecretUntil
  }
`);
graphql(`
  fragment Attempt on WebhookAttempt { succeeded statusCode latencyMs answer reason }
`);

const CREATE = graphql(`
  mutation CreateEndpoint($input: CreateWebhookEndpointInput!) {
    said: createWebhookEndpoint(input: $input) {
      __typename ... on ErrorResult { code message } ... on InvalidInput { field }
      ... on WebhookSecret { secret endpoint { ...Endpoint } }
    }
  }
`);
const UPDATE = graphql(`
  mutation UpdateEndpoint($input: UpdateWebhookEndpointInput!) {
    said: updateWebhookEndpoint(input: $input) {
      __typename ... on ErrorResult { code message } ... on InvalidInput { field } ...Endpoint
    }
  }
`);
const DELETE = graphql(`
  mutation DeleteEndpoint($id: ID!) {
    said: deleteWebhookEndpoint(id: $id) {
      __typename ... on ErrorResult { code message } ... on WebhookEndpointDeleted { id }
    }
  }
`);
const ROTATE = graphql(`
  mutation RotateSecret($id: ID!) {
    said: rotateWebhookSecret(id: $id) {
      __typename ... on ErrorResult { code message } ... on WebhookSecret { secret endpoint { ...Endpoint } }
    }
  }
`);
const TEST = graphql(`
  mutation TestEndpoint($id: ID!) {
    said: sendTestEvent(endpointId: $id) { __typename ... on ErrorResult { code message } ...Attempt }
  }
`);
const REPLAY = graphql(`
  mutation Replay($input: ReplayDeliveriesInput!) {
    said: replayDeliveries(input: $input) {
      __typename ... on ErrorResult { code message } ... on InvalidInput { field }
      ... on ReplayedDeliveries { count nextCursor }
    }
  }
`);
const LIST = graphql(`query ListEndpoints { said: webhookEndpoints { ...Endpoint } }`);
const PAGE = graphql(`
  query PageOfDeliveries($filter: WebhookDeliveryFilter, $first: Int, $after: String) {
    said: webhookDeliveries(filter: $filter, first: $first, after: $after) {
      edges {
        cursor
        node {
          id endpointId eventId eventType status nextAttemptAt attempts { ...Attempt } order { merchantOrderNo }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export function webhookDesk(door: Door) {
  const say = async <Result, Sent>(operation: Operation<{ said: Result }, Sent>, ...sent: Needed<Sent>) =>
    (await dataOf(ask(door, operation, ...sent))).said;
  const page = (variables: PageOfDeliveriesQueryVariables = {}) => say(PAGE, variables);
  return {
    create: (input: CreateWebhookEndpointInput) => say(CREATE, { input }),
    update: (input: UpdateWebhookEndpointInput) => say(UPDATE, { input }),
    remove: (id: string) => say(DELETE, { id }),
    rotate: (id: string) => say(ROTATE, { id }),
    test: (id: string) => say(TEST, { id }),
    replay: (input: ReplayDeliveriesInput) => say(REPLAY, { input }),
    list: () => say(LIST),
    page,
    deliveries: async (filter: WebhookDeliveryFilter = {}) =>
      (await page({ filter, first: 100 })).edges.map(({ node }) => node),
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
