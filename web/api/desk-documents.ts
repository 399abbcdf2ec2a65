// What a cashier does to an order that is there, and the money that does not fit.
import { graphql } from '../gql/gql.ts';

graphql(`
  fragment Moved on OrderResult {
    __typename
    ... on Order { ...OrderView }
    ... on ConfirmationRequired { refund { order { ...OrderView } } }
    ... on ErrorResult { code message }
    ... on InvalidInput { field }
    ... on PaymentRejected { subCode messageZh }
    ... on IllegalTransition { from to allowed }
  }
`);

export const cancelOrder = graphql(`
  mutation CancelOrder($orderId: ID!) {
    moved: cancelOrder(input: { order: { id: $orderId } }) { ...Moved }
  }
`);

export const reverseOrder = graphql(`
  mutation ReverseOrder($orderId: ID!) {
    moved: reverseOrder(input: { order: { id: $orderId } }) { ...Moved }
  }
`);

export const shipOrder = graphql(`
  mutation ShipOrder($orderId: ID!) {
    moved: shipOrder(input: { order: { id: $orderId } }) { ...Moved }
  }
`);

export const completeOrder = graphql(`
  mutation CompleteOrder($orderId: ID!) {
    moved: completeOrder(input: { order: { id: $orderId } }) { ...Moved }
  }
`);

export const returnOrder = graphql(`
  mutation ReturnOrder($orderId: ID!) {
    moved: returnOrder(input: { order: { id: $orderId } }) { ...Moved }
  }
`);

export const syncOrder = graphql(`
  mutation SyncOrder($orderId: ID!) {
    moved: syncOrder(input: { order: { id: $orderId } }) { ...Moved }
  }
`);

export const refundOrder = graphql(`
  mutation RefundOrder($orderId: ID!, $refundNo: String!, $amount: Amount!, $reason: String) {
    refundOrder(input: { order: { id: $orderId }, refundNo: $refundNo, amount: $amount, reason: $reason }) {
      __typename
      ... on Refund { order { ...OrderView } }
      ... on ConfirmationRequired { refund { order { ...OrderView } } }
      ... on ErrorResult { code message }
      ... on InvalidInput { field }
      ... on IllegalTransition { from to allowed }
      ... on RefundExceedsPaid { refundable }
    }
  }
`);

export const openCases = graphql(`
  query OpenCases($first: Int!) {
    cases(first: $first, filter: { state: [OPEN] }) {
      edges { node { id kind amount outTradeNo tradeNo nextAction openedAt order { id merchantOrderNo } } }
      pageInfo { hasNextPage }
    }
  }
`);

export const resolveCase = graphql(`
  mutation ResolveCase($caseId: ID!, $decision: CaseDecision!, $note: String) {
    resolveCase(input: { caseId: $caseId, decision: $decision, note: $note }) {
      __typename
      ... on Case { id state }
      ... on ErrorResult { code message }
      ... on InvalidInput { field }
    }
  }
`);
