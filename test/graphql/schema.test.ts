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
  ],
  Mutation: [
    'issueSubmissionToken: SubmissionToken!',
    'createOrder(input: CreateOrderInput!): CreateOrderResult!',
    'precreateQrCode(input: PrecreateQrCodeInput!): PaymentResult!',
  ],
  Subscription: ['paymentStatus(orderId: ID!, after: Int): PaymentStatusEvent!'],
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
  PaymentFailure: ['subCode: String', 'message: String!'],
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
};

const VALUES = {
  OrderStatus: 'PENDING PAID SHIPPING COMPLETED CANCELLED REFUNDED RETURNED',
  PaymentMethod: 'QR_CODE AUTH_CODE PAGE WAP APP',
  PaymentStatus: 'CREATED AWAITING_BUYER UNKNOWN SUCCEEDED FAILED CLOSED',
  RefundStatus: 'AWAITING_CONFIRMATION PENDING SUCCEEDED FAILED REJECTED',
  ErrorCode:
    'INVALID_INPUT ORDER_NOT_FOUND MERCHANT_ORDER_NO_CONFLICT SUBMISSION_TOKEN_INVALID ORDER_NOT_PAYABLE ' +
    'PAYMENT_UNRESOLVED PAYMENT_REJECTED ILLEGAL_TRANSITION REFUND_EXCEEDS_PAID REFUND_NO_CONFLICT ' +
    'CONFIRMATION_REQUIRED CONFIRMATION_INVALID CHANNEL_UNAVAILABLE',
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
    ['CreateOrderResult', ['Order', 'InvalidInput', 'MerchantOrderNoConflict', 'SubmissionTokenInvalid']],
    ['PaymentResult',     ['Payment', 'InvalidInput', 'OrderNotFound', 'OrderNotPayable', 'PaymentUnresolved', 'PaymentRejected', 'ChannelUnavailable']],
  ])('%s', (name, members) => {
    const union = schema.getType(name);
    const types = union && 'getTypes' in union ? union.getTypes() : [];
    expect(types.map((type) => type.name)).toEqual(expect.arrayContaining(members));
    for (const type of types.slice(1)) expect(type.getInterfaces().map(String)).toContain('ErrorResult');
  });

  test('what has an id of its own is a Node', () => {
    for (const name of ['Order', 'Payment', 'Refund']) {
      const type = schema.getType(name);
      expect(isObjectType(type) && type.getInterfaces().map(String)).toContain('Node');
    }
  });
});
