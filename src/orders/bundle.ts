// The bundle of an order: everything that proves what became of it, to somebody who has neither database nor network.
import type { Json } from './canonical-json.ts';
import type { OrderEvent } from './event.ts';
import { formatAmount } from './money.ts';
import type { WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';
import type { Evidence } from './ports.ts';
import type { Refund } from './refund.ts';

/** A public key of Alipay's that messages were verified with. */
export interface VerificationKey {
  /** SHA-256 of its SPKI in DER, in hex. */
  readonly id: string;
  /** PEM. */
  readonly publicKey: string;
  /** In certificate mode the certificate it came in, with its chain, PEM. */
  readonly certificate: string | null;
  readonly firstSeenAt: Date;
}

export interface StoredMessage extends Evidence {
  /** SHA-256 of the bytes, in hex, taken when the message was written down; null for older ones. */
  readonly digest: string | null;
}

/** What of an order its events and messages can vouch for. */
export type BundleOrder = Pick<
  WholeOrder,
  | 'merchantId'
  | 'id'
  | 'merchantOrderNo'
  | 'subject'
  | 'amountFen'
  | 'refundedFen'
  | 'status'
  | 'version'
  | 'createdAt'
  | 'paidAt'
  | 'paidPaymentId'
  | 'lastHash'
>;

export type BundlePayment = Pick<
  Payment,
  'id' | 'method' | 'status' | 'amountFen' | 'outTradeNo' | 'tradeNo' | 'succeededAt'
>;

export type BundleRefund = Pick<Refund, 'id' | 'paymentId' | 'refundNo' | 'amountFen' | 'status' | 'succeededAt'>;

/** Who collects: the Alipay account's seller, when it is known, and its applications. */
export interface Seller {
  readonly sellerId: string | null;
  readonly appIds: readonly string[];
}

export interface Bundle {
  readonly order: BundleOrder;
  readonly seller: Seller;
  readonly payments: readonly BundlePayment[];
  readonly refunds: readonly BundleRefund[];
  /** Oldest first, all of them. */
  readonly events: readonly OrderEvent[];
  /** Those that an event names. */
  readonly messages: readonly StoredMessage[];
  readonly keys: readonly VerificationKey[];
}

export const BUNDLE_FORMAT = 'kassa-evidence-1';

/** The bundle as a file: ids as UUIDs, because the hashes cover them so, and bytes in Base64. */
export function writeBundle(bundle: Bundle, exportedAt: Date): { readonly [key: string]: Json } {
  const { order, seller, payments, refunds, events, messages, keys } = bundle;
  return {
    format: BUNDLE_FORMAT,
    exportedAt: exportedAt.toISOString(),
    order: orderJson(order),
    seller: { sellerId: seller.sellerId, appIds: [...seller.appIds] },
    payments: payments.map(paymentJson),
    refunds: refunds.map(refundJson),
    events: events.map(eventJson),
    messages: messages.map(messageJson),
    keys: keys.map((key) => ({ ...key, firstSeenAt: key.firstSeenAt.toISOString() })),
  };
}

/** Member by member: what is read from the store may carry more than a bundle shows. */
function orderJson(order: BundleOrder): Json {
  const { merchantId, id, merchantOrderNo, subject, status, version, paidPaymentId, lastHash } = order;
  return {
    merchantId,
    id,
    merchantOrderNo,
    subject,
    amount: formatAmount(order.amountFen),
    refundedAmount: formatAmount(order.refundedFen),
    status,
    version,
    createdAt: order.createdAt.toISOString(),
    paidAt: time(order.paidAt),
    paidPaymentId,
    lastHash,
  };
}

function paymentJson({ id, method, status, amountFen, outTradeNo, tradeNo, succeededAt }: BundlePayment): Json {
  return { id, method, status, amount: formatAmount(amountFen), outTradeNo, tradeNo, succeededAt: time(succeededAt) };
}

function refundJson({ id, paymentId, refundNo, amountFen, status, succeededAt }: BundleRefund): Json {
  return { id, paymentId, refundNo, amount: formatAmount(amountFen), status, succeededAt: time(succeededAt) };
}

function eventJson(event: OrderEvent): Json {
  const { id, merchantId, orderId, version, type, status, data, evidenceId, prevHash, hash } = event;
  const occurredAt = event.occurredAt.toISOString();
  return { id, merchantId, orderId, version, type, status, occurredAt, data, evidenceId, prevHash, hash };
}

function messageJson(message: StoredMessage): Json {
  const { id, merchantId, orderId, kind, notifyId, verdict, keyId, digest } = message;
  const receivedAt = message.receivedAt.toISOString();
  const bytes = Buffer.from(message.bytes).toString('base64');
  return { id, merchantId, orderId, kind, notifyId, receivedAt, verdict, keyId, digest, bytes };
}

function time(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
