import { isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { memorySchema } from '../support/schema.ts';

const schema = memorySchema();

// What clients have been promised: "field: type" of each type, "field(argument: type)" where there are any.
const PROMISED = {
  Query: [
    'node(id: ID!): Node',
    'order(ref: OrderRef!): Order',
    'orders(first: Int = 20, after: String, filter: OrderFilter): OrderConnection!',
    'cases(first: Int = 20, after: String, filter: CaseFilter): CaseConnection!',
    'casePolicy: CasePolicy!',
  ],
  Mutation: [
    'issueSubmissionToken: SubmissionToken!',
    'createOrder(input: CreateOrderInput!): CreateOrderResult!',
    'precreateQrCode(input: PrecreateQrCodeInput!): PaymentResult!',
    'payByAuthCode(input: PayByAuthCodeInput!): PaymentResult!',
    'createRedirectPayment(input: CreateRedirectPaymentInput!): PaymentResult!',
    'syncOrder(input: OrderActionInput!): OrderResult!',
    'cancelOrder(input: OrderActionInput!): OrderResult!',
    'reverseOrder(input: OrderActionInput!): OrderResult!',
    'refundOrder(input: RefundOrderInput!): RefundResult!',
    'shipOrder(input: OrderActionInput!): OrderResult!',
    'completeOrder(input: OrderActionInput!): OrderResult!',
    'returnOrder(input: OrderActionInput!): OrderResult!',
    'resolveCase(input: ResolveCaseInput!): ResolveCaseResult!',
    'setCasePolicy(policy: CasePolicy!): CasePolicy!',
    'confirmOperation(input: ConfirmOperationInput!): ConfirmOperationResult!',
  ],
  Subscription: ['paymentStatus(orderId: ID!, after: Int): PaymentStatusEvent!'],
  ConfirmationRequired: [
    'code: ErrorCode!',
    'message: String!',
    'operationId: ID!',
    'expiresAt: DateTime!',
    'refund: Refund',
  ],
  ConfirmOperationInput: ['operationId: ID!', 'decision: Decision!', 'code: String'],
  Node: ['id: ID!'],
  ErrorResult: ['code: ErrorCode!', 'message: String!'],
  Order: [
    'id: ID!',
    'merchantOrderNo: String!',
    'subject: String!',
    'body: String',
    'amount: Amount!',
    'refundedAmount: Amount!',
    'status: OrderStatus!',
    'version: Int!',
    'storeId: String',
    'terminalId: String',
    'operatorId: String',
    'metadata: JSONObject',
    'createdAt: DateTime!',
    'expiresAt: DateTime!',
    'paidAt: DateTime',
    'payments: [Payment!]!',
    'refunds: [Refund!]!',
    'events: [OrderEvent!]!',
    'cases: [Case!]!',
    'clientToken: String!',
  ],
  Payment: [
    'id: ID!',
    'method: PaymentMethod!',
    'status: PaymentStatus!',
    'amount: Amount!',
    'outTradeNo: String!',
    'tradeNo: String',
    'qrCode: QrCode',
    'redirectUrl: String',
    'orderString: String',
    'failure: PaymentFailure',
    'createdAt: DateTime!',
    'succeededAt: DateTime',
    'order: Order!',
  ],
  QrCode: ['content: String!', 'svg: String!', 'expiresAt: DateTime!'],
  PaymentFailure: ['subCode: String', 'message: String!', 'messageZh: String!'],
  Refund: [
    'id: ID!',
    'refundNo: String!',
    'amount: Amount!',
    'reason: String',
    'status: RefundStatus!',
    'failure: PaymentFailure',
    'createdAt: DateTime!',
    'succeededAt: DateTime',
    'order: Order!',
    'payment: Payment!',
  ],
  Case: [
    'id: ID!',
    'kind: CaseKind!',
    'amount: Amount!',
    'outTradeNo: String!',
    'tradeNo: String!',
    'policy: CasePolicy!',
    'state: CaseState!',
    'nextAction: CaseNextAction!',
    'openedAt: DateTime!',
    'resolvedAt: DateTime',
    'note: String',
    'order: Order',
    'evidence: CaseEvidence!',
  ],
  CaseEvidence: ['id: ID!', 'kind: EvidenceKind!', 'receivedAt: DateTime!'],
  CaseConnection: ['edges: [CaseEdge!]!', 'pageInfo: PageInfo!'],
  CaseEdge: ['cursor: String!', 'node: Case!'],
  OrderEvent: ['id: ID!', 'version: Int!', 'type: String!', 'status: OrderStatus!', 'occurredAt: DateTime!'],
  PaymentStatusEvent: [
    'id: ID!',
    'orderId: ID!',
    'version: Int!',
    'type: String!',
    'status: OrderStatus!',
    'paymentStatus: PaymentStatus',
    'occurredAt: DateTime!',
    'order: Order!',
  ],
  SubmissionToken: ['token: String!', 'expiresAt: DateTime!'],
  OrderConnection: ['edges: [OrderEdge!]!', 'pageInfo: PageInfo!'],
  OrderEdge: ['cursor: String!', 'node: Order!'],
  PageInfo: ['hasNextPage: Boolean!', 'hasPreviousPage: Boolean!', 'startCursor: String', 'endCursor: String'],
  OrderRef: ['id: ID', 'merchantOrderNo: String'],
  OrderFilter: [
    'status: [OrderStatus!]',
    'createdFrom: DateTime',
    'createdBefore: DateTime',
    'storeId: String',
    'terminalId: String',
    'search: String',
  ],
  CreateOrderInput: [
    'merchantOrderNo: String',
    'submissionToken: String',
    'amount: Amount!',
    'subject: String!',
    'body: String',
    'expiresInMinutes: Int',
    'storeId: String',
    'terminalId: String',
    'operatorId: String',
    'metadata: JSONObject',
  ],
  PrecreateQrCodeInput: ['order: OrderRef!'],
  PayByAuthCodeInput: ['order: OrderRef!', 'authCode: String!'],
  CreateRedirectPaymentInput: ['order: OrderRef!', 'method: PaymentMethod!', 'returnUrl: String', 'quitUrl: String'],
  RefundOrderInput: ['order: OrderRef!', 'refundNo: String!', 'amount: Amount!', 'reason: String'],
  OrderActionInput: ['order: OrderRef!', 'reason: String'],
  CaseFilter: ['state: [CaseState!]', 'kind: [CaseKind!]'],
  ResolveCaseInput: ['caseId: ID!', 'decision: CaseDecision!', 'note: String'],
  PaymentRejected: ['subCode: String!', 'messageZh: String!'],
  IllegalTransition: ['from: OrderStatus!', 'to: OrderStatus!', 'allowed: [OrderStatus!]!'],
  RefundExceedsPaid: ['refundable: Amount!'],
};

const VALUES = {
  OrderStatus: 'PENDING PAID SHIPPING COMPLETED CANCELLED REFUNDED RETURNED',
  PaymentMethod: 'QR_CODE AUTH_CODE PAGE WAP APP',
  PaymentStatus: 'CREATED AWAITING_BUYER UNKNOWN SUCCEEDED FAILED CLOSED',
  RefundStatus: 'AWAITING_CONFIRMATION PENDING SUCCEEDED FAILED REJECTED',
  ErrorCode:
    'INVALID_INPUT ORDER_NOT_FOUND MERCHANT_ORDER_NO_CONFLICT SUBMISSION_TOKEN_INVALID ORDER_NOT_PAYABLE ' +
    'PAYMENT_UNRESOLVED PAYMENT_REJECTED ILLEGAL_TRANSITION REFUND_EXCEEDS_PAID REFUND_NO_CONFLICT ' +
    'CONFIRMATION_REQUIRED CONFIRMATION_INVALID CHANNEL_UNAVAILABLE CASE_NOT_FOUND CASE_NOT_RESOLVABLE',
  CaseKind: 'LATE SECOND_PAYMENT WRONG_AMOUNT WRONG_SELLER PAID_BEFORE_ORDER UNKNOWN_ORDER REFUSED_FACT',
  CasePolicy: 'ACCEPT AUTO_REFUND HOLD',
  CaseState: 'OPEN ACCEPTED REFUNDED CLOSED',
  CaseDecision: 'ACCEPT REFUND CLOSE',
  CaseNextAction: 'AUTOMATIC_REFUND AUTOMATIC_ACCEPT DECIDE NONE',
  EvidenceKind: 'NOTIFICATION ANSWER',
};

function promised(typeName: string, line: string): void {
  const [, name = '', args = '', type] = /^(\w+)(?:\((.*)\))?: (.+)$/.exec(line) ?? [];
  const owner = schema.getType(typeName);
  if (!isObjectType(owner) && !isInterfaceType(owner) && !isInputObjectType(owner)) throw new Error(`no ${typeName}`);
  const field = owner.getFields()[name];
  expect(String(field?.type), `${typeName}.${line}`).toBe(type);
  const given = field !== undefined && 'args' in field ? field.args : [];
  const shown = given.map(
    (arg) => `${arg.name}: ${arg.type}${arg.defaultValue === undefined ? '' : ` = ${arg.defaultValue}`}`,
  );
  // More arguments may come as long as nobody has to give them.
  expect(shown).toEqual(expect.arrayContaining(args === '' ? [] : args.split(', ')));
}

describe('the schema keeps every promise', () => {
  test.each(Object.entries(PROMISED))('%s', (typeName, lines) => {
    for (const line of lines) promised(typeName, line);
  });

  test.each(Object.entries(VALUES))('%s', (name, values) => {
    const type = schema.getType(name);
    const names = type && 'getValues' in type ? type.getValues().map((value) => value.name) : [];
    expect(names).toEqual(expect.arrayContaining(values.split(' ')));
  });

  // biome-ignore format: a table
  test.each([
    ['CreateOrderResult', 'Order InvalidInput MerchantOrderNoConflict SubmissionTokenInvalid NoActiveApp'],
    ['PaymentResult',     'Payment InvalidInput OrderNotFound OrderNotPayable PaymentUnresolved PaymentRejected ChannelUnavailable'],
    ['OrderResult',       'Order ConfirmationRequired InvalidInput OrderNotFound IllegalTransition PaymentUnresolved PaymentRejected ChannelUnavailable'],
    ['RefundResult',      'Refund ConfirmationRequired InvalidInput OrderNotFound IllegalTransition RefundExceedsPaid RefundNoConflict'],
    ['ResolveCaseResult', 'Case ConfirmationRequired InvalidInput CaseNotFound CaseNotResolvable'],
  ])('%s: what can happen there, and nothing else', (name, members) => {
    const union = schema.getType(name);
    const types = union && 'getTypes' in union ? union.getTypes() : [];
    expect(types.map((type) => type.name)).toEqual(members.split(' '));
    for (const type of types.slice(1)) expect(type.getInterfaces().map(String)).toContain('ErrorResult');
  });

  test('what has an id of its own is a Node', () => {
    for (const name of ['Order', 'Payment', 'Refund', 'Case']) {
      const type = schema.getType(name);
      expect(isObjectType(type) && type.getInterfaces().map(String)).toContain('Node');
    }
  });
});
