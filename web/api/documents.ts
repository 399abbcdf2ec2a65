// Every GraphQL document of the pages.
import { graphql } from '../gql/gql.ts';

/** What a screen shows of an order. Readable with a clientToken too. */
graphql(`
  fragment OrderView on Order {
    id
    merchantOrderNo
    subject
    amount
    refundedAmount
    status
    version
    createdAt
    expiresAt
    paidAt
    payments {
      id
      method
      status
      amount
      tradeNo
      createdAt
      succeededAt
      redirectUrl
      callOffAt
      qrCode { content svg expiresAt }
      failure { subCode message messageZh }
    }
    refunds {
      id
      refundNo
      amount
      status
      createdAt
      failure { subCode message messageZh }
      payment { id }
    }
  }
`);

/** What came of a payment that was asked for. */
graphql(`
  fragment Collected on PaymentResult {
    __typename
    ... on Payment { order { ...OrderView } }
    ... on ErrorResult { code message }
    ... on InvalidInput { field }
    ... on PaymentRejected { subCode messageZh }
  }
`);

export const issueSubmissionToken = graphql(`
  mutation IssueSubmissionToken {
    issueSubmissionToken { token expiresAt }
  }
`);

export const createOrder = graphql(`
  mutation CreateOrder($input: CreateOrderInput!) {
    createOrder(input: $input) {
      __typename
      ... on Order { ...OrderView }
      ... on ErrorResult { code message }
      ... on InvalidInput { field }
    }
  }
`);

export const precreateQrCode = graphql(`
  mutation PrecreateQrCode($orderId: ID!) {
    collected: precreateQrCode(input: { order: { id: $orderId } }) { ...Collected }
  }
`);

export const payByAuthCode = graphql(`
  mutation PayByAuthCode($orderId: ID!, $authCode: String!) {
    collected: payByAuthCode(input: { order: { id: $orderId }, authCode: $authCode }) { ...Collected }
  }
`);

export const readOrder = graphql(`
  query ReadOrder($orderId: ID!) {
    order(ref: { id: $orderId }) { ...OrderView }
  }
`);

export const listOrders = graphql(`
  query ListOrders($first: Int!, $after: String, $createdFrom: DateTime!) {
    orders(first: $first, after: $after, filter: { createdFrom: $createdFrom }) {
      edges {
        node {
          id merchantOrderNo subject amount refundedAmount status version createdAt expiresAt
          payments { method status }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** The cheapest question that only a merchant's key may ask. */
export const checkKey = graphql(`
  query CheckKey {
    orders(first: 1) { pageInfo { hasNextPage } }
  }
`);

export const paymentStatus = graphql(`
  subscription PaymentStatus($orderId: ID!, $after: Int) {
    paymentStatus(orderId: $orderId, after: $after) {
      id
      version
      type
      status
      occurredAt
      order { ...OrderView }
    }
  }
`);
