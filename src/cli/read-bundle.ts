// A bundle from a file that anybody may have written: nothing in it is believed before it is checked.
import { z } from 'zod';
import { BUNDLE_FORMAT, type Bundle } from '../orders/bundle.ts';
import { parseAmount } from '../orders/money.ts';

const text = z.string().max(4_096);
const time = z.iso.datetime({ precision: 3 }).transform((at) => new Date(at));
const amount = text.transform((yuan, context) => {
  const fen = parseAmount(yuan);
  if (fen === undefined) context.addIssue({ code: 'custom', message: 'no amount in yuan, like "9.90"' });
  return fen ?? 0n;
});
const status = z.enum(['PENDING', 'PAID', 'SHIPPING', 'COMPLETED', 'CANCELLED', 'REFUNDED', 'RETURNED']);
const base64 = z.base64().transform((encoded) => new Uint8Array(Buffer.from(encoded, 'base64')));

const order = z
  .object({
    merchantId: text,
    id: z.uuid(),
    merchantOrderNo: text,
    subject: text,
    amount,
    refundedAmount: amount,
    status,
    version: z.int(),
    createdAt: time,
    paidAt: time.nullable(),
    paidPaymentId: text.nullable(),
    lastHash: text,
  })
  .transform(({ amount: amountFen, refundedAmount: refundedFen, ...rest }) => ({ ...rest, amountFen, refundedFen }));

const payment = z
  .object({
    id: text,
    method: z.enum(['QR_CODE', 'AUTH_CODE', 'PAGE', 'WAP', 'APP']),
    status: z.enum(['CREATED', 'AWAITING_BUYER', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'CLOSED']),
    amount,
    outTradeNo: text,
    tradeNo: text.nullable(),
    succeededAt: time.nullable(),
  })
  .transform(({ amount: amountFen, ...rest }) => ({ ...rest, amountFen }));

const refund = z
  .object({
    id: text,
    paymentId: text,
    refundNo: text,
    amount,
    status: z.enum(['AWAITING_CONFIRMATION', 'PENDING', 'SUCCEEDED', 'FAILED', 'REJECTED']),
    succeededAt: time.nullable(),
  })
  .transform(({ amount: amountFen, ...rest }) => ({ ...rest, amountFen }));

const event = z.object({
  id: text,
  merchantId: text,
  orderId: text,
  version: z.int(),
  type: z.enum([
    'order.created',
    'order.cancelled',
    'order.shipped',
    'order.completed',
    'order.returned',
    'payment.precreated',
    'payment.started',
    'payment.unknown',
    'payment.succeeded',
    'payment.failed',
    'payment.closed',
    'refund.requested',
    'refund.confirmed',
    'refund.succeeded',
    'refund.failed',
    'refund.rejected',
    'case.opened',
    'case.resolved',
  ]),
  status,
  occurredAt: time,
  data: z.string().max(100_000),
  evidenceId: text.nullable(),
  prevHash: text,
  hash: text,
});

const message = z.object({
  id: text,
  merchantId: text,
  orderId: text.nullable(),
  kind: z.enum(['notification', 'answer']),
  notifyId: text.nullable(),
  receivedAt: time,
  verdict: z.enum([
    'applied',
    'stays',
    'refused',
    'late',
    'second_payment',
    'wrong_amount',
    'wrong_seller',
    'paid_before_order',
    'unknown_order',
    'refused_fact',
  ]),
  keyId: text.nullable(),
  digest: text.nullable(),
  bytes: base64,
});

const key = z.object({
  id: text,
  publicKey: z.string().max(20_000),
  certificate: z.string().max(100_000).nullable(),
  firstSeenAt: time,
});

const bundle = z.object({
  format: z.literal(BUNDLE_FORMAT),
  exportedAt: time,
  order,
  seller: z.object({ sellerId: text.nullable(), appIds: z.array(text) }),
  payments: z.array(payment),
  refunds: z.array(refund),
  events: z.array(event),
  messages: z.array(message),
  keys: z.array(key),
});

export type ReadBundle =
  | { readonly kind: 'bundle'; readonly bundle: Bundle & { readonly exportedAt: Date } }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the value of `order.evidence`; the whole GraphQL answer around it does as well. */
export function readBundle(file: Buffer): ReadBundle {
  const json = jsonIn(file);
  if (json === undefined) return { kind: 'unreadable', reason: 'it is not JSON' };
  const parsed = bundle.safeParse(inAnswer(json) ?? json);
  if (parsed.success) return { kind: 'bundle', bundle: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'unreadable', reason: `${issue?.path.join('.') || 'it'}: ${issue?.message}` };
}

const answer = z.object({ data: z.object({ order: z.object({ evidence: z.unknown() }) }) });

function inAnswer(json: unknown): unknown {
  return answer.safeParse(json).data?.data.order.evidence;
}

function jsonIn(file: Buffer): unknown {
  try {
    return JSON.parse(file.toString('utf8'));
  } catch {
    return undefined;
  }
}
