// Who may do what: every root field there is with every kind of credential. A field without a row fails.
import { type GraphQLError, type GraphQLSchema, parse, subscribe } from 'graphql';
import { expect, test } from 'vitest';
import { toTypeId } from '../../src/ids.ts';
import type { Caller, MerchantCaller } from '../../src/merchants/caller.ts';
import { SCOPES, type Scope } from '../../src/merchants/scopes.ts';
import { memoryStore } from '../support/memory-ports.ts';
import { MERCHANT, newId, orderIn } from '../support/orders.ts';
import { CASHIER, memoryContext, memoryShop } from '../support/schema.ts';

interface Row {
  /** What is asked of it, in the least words. */
  readonly asks: string;
  /** `any`: whatever it may do. */
  readonly scope: Scope | 'any';
  /** Just as good. */
  readonly or?: Scope;
  /** Beside the merchant's own systems. */
  readonly also?: readonly ('terminal' | 'client')[];
}

const REF = 'order: { merchantOrderNo: "A-1" }';
const SAYS = '{ __typename }';
const WEBHOOK = 'id: "whe_00000000000000000000000000"';
const SHOP = 'id: "mer_00000000000000000000000000"';
const KEY = 'id: "key_00000000000000000000000000"';

/** Errors of a subscription that is refused come before its first event. */
const ACCESS: Readonly<Record<string, Row>> = {
  'query order': {
    asks: `(ref: { merchantOrderNo: "A-1" }) { id }`,
    scope: 'orders:read',
    also: ['terminal', 'client'],
  },
  'query orders': { asks: '{ edges { cursor } }', scope: 'orders:read', also: ['terminal'] },
  'query node': { asks: `(id: "ord_00000000000000000000000000") { id }`, scope: 'orders:read' },
  'query events': { asks: '{ edges { cursor } }', scope: 'orders:read' },
  'query eventRetentionDays': { asks: '', scope: 'orders:read' },
  'query cases': { asks: '{ edges { cursor } }', scope: 'cases:manage' },
  'query casePolicy': { asks: '', scope: 'cases:manage' },
  'query webhookEndpoints': { asks: '{ id }', scope: 'webhooks:manage' },
  'query webhookEndpoint': { asks: `(${WEBHOOK}) { id }`, scope: 'webhooks:manage' },
  'query webhookDeliveries': { asks: '{ edges { cursor } }', scope: 'webhooks:manage' },
  'query viewer': { asks: '{ merchantId scopes terminalId }', scope: 'any', also: ['terminal'] },
  'query operations': { asks: '{ edges { cursor } }', scope: 'refunds:confirm', or: 'admin' },
  'query confirmationPolicy': { asks: '{ settings }', scope: 'admin' },
  'query apiKeys': { asks: '{ id }', scope: 'admin' },
  'query auditNotes': { asks: '{ edges { cursor } }', scope: 'admin' },
  'query apps': { asks: '{ appId }', scope: 'admin' },
  'query merchants': { asks: '{ id }', scope: 'admin' },
  'mutation issueSubmissionToken': { asks: '{ token }', scope: 'orders:write', also: ['terminal'] },
  'mutation createOrder': {
    asks: `(input: { merchantOrderNo: "NEW", amount: "1.00", subject: "tea" }) ${SAYS}`,
    scope: 'orders:write',
    also: ['terminal'],
  },
  'mutation precreateQrCode': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'orders:write', also: ['terminal'] },
  'mutation payByAuthCode': {
    asks: `(input: { ${REF}, authCode: "281234567890123456" }) ${SAYS}`,
    scope: 'orders:write',
    also: ['terminal'],
  },
  'mutation createRedirectPayment': {
    asks: `(input: { ${REF}, method: PAGE }) ${SAYS}`,
    scope: 'orders:write',
    also: ['terminal'],
  },
  'mutation syncOrder': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'orders:write', also: ['terminal'] },
  'mutation cancelOrder': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'orders:write', also: ['terminal'] },
  'mutation reverseOrder': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'refunds:write', also: ['terminal'] },
  'mutation refundOrder': {
    asks: `(input: { ${REF}, refundNo: "R", amount: "1.00" }) ${SAYS}`,
    scope: 'refunds:write',
  },
  'mutation shipOrder': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'fulfilment:write' },
  'mutation completeOrder': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'fulfilment:write' },
  'mutation returnOrder': { asks: `(input: { ${REF} }) ${SAYS}`, scope: 'fulfilment:write' },
  'mutation resolveCase': {
    asks: `(input: { caseId: "case_00000000000000000000000000", decision: CLOSE }) ${SAYS}`,
    scope: 'cases:manage',
  },
  'mutation setCasePolicy': { asks: '(policy: HOLD)', scope: 'cases:manage' },
  'mutation setEventRetentionDays': { asks: '(days: 30)', scope: 'admin' },
  'mutation createWebhookEndpoint': {
    asks: `(input: { url: "https://shop.example/hook" }) ${SAYS}`,
    scope: 'webhooks:manage',
  },
  'mutation updateWebhookEndpoint': { asks: `(input: { ${WEBHOOK} }) ${SAYS}`, scope: 'webhooks:manage' },
  'mutation deleteWebhookEndpoint': { asks: `(${WEBHOOK}) ${SAYS}`, scope: 'webhooks:manage' },
  'mutation rotateWebhookSecret': { asks: `(${WEBHOOK}) ${SAYS}`, scope: 'webhooks:manage' },
  'mutation sendTestEvent': {
    asks: `(endpointId: "whe_00000000000000000000000000") ${SAYS}`,
    scope: 'webhooks:manage',
  },
  'mutation replayDeliveries': {
    asks: '(input: { endpointId: "whe_00000000000000000000000000" }) { __typename }',
    scope: 'webhooks:manage',
  },
  'mutation confirmOperation': {
    asks: `(input: { operationId: "op_00000000000000000000000000", decision: APPROVE }) ${SAYS}`,
    scope: 'refunds:confirm',
    or: 'admin',
  },
  'mutation setConfirmationPolicy': { asks: `(policy: { settings: true }) ${SAYS}`, scope: 'admin' },
  'mutation enrolTotp': { asks: SAYS, scope: 'refunds:confirm', or: 'admin' },
  'mutation activateTotp': { asks: `(code: "123456") ${SAYS}`, scope: 'refunds:confirm', or: 'admin' },
  'mutation createApiKey': { asks: `(input: { label: "x", scopes: [ORDERS_READ] }) ${SAYS}`, scope: 'admin' },
  'mutation rotateApiKey': { asks: `(input: { ${KEY} }) ${SAYS}`, scope: 'admin' },
  'mutation revokeApiKey': { asks: `(${KEY}) ${SAYS}`, scope: 'admin' },
  'mutation addApp': {
    asks: `(input: { appId: "2021000000000009", sellerId: "2088000000000009", privateKey: "k", alipayPublicKey: "a" }) ${SAYS}`,
    scope: 'admin',
  },
  'mutation updateApp': { asks: `(input: { appId: "2021000000000009" }) ${SAYS}`, scope: 'admin' },
  'mutation suspendApp': { asks: `(appId: "2021000000000009") ${SAYS}`, scope: 'admin' },
  'mutation resumeApp': { asks: `(appId: "2021000000000009") ${SAYS}`, scope: 'admin' },
  'mutation createMerchant': { asks: `(name: "tea house") ${SAYS}`, scope: 'admin' },
  'mutation suspendMerchant': { asks: `(${SHOP}) ${SAYS}`, scope: 'admin' },
  'mutation resumeMerchant': { asks: `(${SHOP}) ${SAYS}`, scope: 'admin' },
  'subscription paymentStatus': {
    asks: '(orderId: "$ORDER") { version }',
    scope: 'orders:read',
    also: ['terminal', 'client'],
  },
  'subscription orderEvents': { asks: '{ cursor }', scope: 'orders:read' },
};

const ORDER = { ...orderIn('PENDING'), terminalId: 'T1' };
const key = (scopes: readonly Scope[]): MerchantCaller => ({ ...CASHIER, scopes });
const CALLERS: readonly (readonly [string, Caller])[] = [
  ...SCOPES.map((scope) => [scope, key([scope])] as const),
  ['nothing at all', key([])],
  ['everything', CASHIER],
  ['terminal', { kind: 'terminal', merchantId: MERCHANT, keyId: newId(), terminalId: 'T1' }],
  ['client', { kind: 'client', merchantId: MERCHANT, orderId: ORDER.id, token: 't' }],
];

function allowed({ scope, or, also = [] }: Row, name: string): boolean {
  if (scope === 'any' && name !== 'terminal' && name !== 'client') return true;
  return name === 'everything' || name === scope || name === or || also.some((kind) => kind === name);
}

function rootFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name.toLowerCase()} ${field}`),
  );
}

test('every root field has a row, and every row a field', () => {
  expect(Object.keys(ACCESS).sort()).toEqual(rootFields(memoryShop().schema).sort());
});

test.each(Object.entries(ACCESS))('%s', async (field, row) => {
  for (const [name, caller] of CALLERS) {
    const codes = await refusals(field, row, caller);
    expect([name, codes.includes('FORBIDDEN')]).toEqual([name, !allowed(row, name)]);
  }
});

test('to turn down takes no scope, because whoever asked may; of what others asked for nobody else hears', async () => {
  const asks = `(input: { operationId: "op_00000000000000000000000000", decision: REJECT }) ${SAYS}`;
  for (const [name, caller] of CALLERS) {
    const codes = await refusals('mutation confirmOperation', { asks, scope: 'any' }, caller);
    expect([name, codes]).toEqual([name, name === 'client' ? ['FORBIDDEN'] : []]);
  }
});

test("managing merchants is for administrators of the installation's own merchant", async () => {
  const elsewhere: Caller = { ...CASHIER, merchantId: newId() };
  for (const [field, row] of Object.entries(ACCESS)) {
    if (!/^(query|mutation) (create|suspend|resume)?merchants?$/i.test(field)) continue;
    expect([field, await refusals(field, row, elsewhere)]).toEqual([field, ['FORBIDDEN']]);
  }
});

async function refusals(field: string, { asks }: Row, caller: Caller): Promise<unknown[]> {
  const store = memoryStore(ORDER);
  const shop = memoryShop(store);
  const document = `${field.replace(' ', ' { ')} ${asks.replace('$ORDER', toTypeId('ord', ORDER.id))} }`;
  if (!field.startsWith('subscription')) {
    const { faults } = await shop.runRaw(document, {}, caller);
    return faults.map(({ extensions }) => extensions.code);
  }
  const started = await subscribe({
    schema: shop.schema,
    document: parse(document),
    contextValue: memoryContext(caller, store),
  });
  if ('errors' in started) return started.errors?.map((error: GraphQLError) => error.extensions.code) ?? [];
  if (Symbol.asyncIterator in started) await started.return?.(undefined);
  return [];
}
