import type { Bundle, StoredMessage, VerificationKey } from '../orders/bundle.ts';
import type { Database } from './database.ts';
import { type EventRow, toEvent, toWholeOrder, type WholeOrderRow } from './rows.ts';
import { rowOf } from './statement.ts';
import { bundleOfOrder } from './statements/bundles.ts';
import { timestamp } from './timestamps.ts';
import { findVerificationKeys } from './verification-keys.ts';

export interface MessageRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly order_id: string | null;
  readonly kind: StoredMessage['kind'];
  readonly notify_id: string | null;
  readonly received_at: string;
  /** Base64, in lines. */
  readonly bytes: string;
  readonly verdict: StoredMessage['verdict'];
  readonly key_id: string | null;
  readonly digest: string | null;
}

export interface BundleRow extends WholeOrderRow {
  readonly events: readonly EventRow[] | null;
  readonly messages: readonly MessageRow[] | null;
  readonly seller_id: string | null;
  readonly app_ids: readonly string[];
}

/** Everything that proves one order of a merchant's; undefined when there is no such order. */
export async function findBundle(
  database: Pick<Database, 'pool'>,
  merchantId: string,
  orderId: string,
): Promise<Bundle | undefined> {
  const row = await rowOf<BundleRow>(database.pool, bundleOfOrder, [merchantId, orderId]);
  if (row === undefined) return undefined;
  const named = (row.messages ?? []).map(({ key_id }) => key_id);
  // A message from before keys were written down may be any key's.
  const ids = named.includes(null) ? null : [...new Set(named.filter((id) => id !== null))];
  return toBundle(row, await findVerificationKeys(database, ids));
}

export function toBundle(row: BundleRow, keys: readonly VerificationKey[]): Bundle {
  const order = toWholeOrder(row);
  return {
    order,
    seller: { sellerId: row.seller_id, appIds: row.app_ids.toSorted() },
    payments: order.payments,
    refunds: order.refunds,
    events: (row.events ?? []).map(toEvent),
    messages: (row.messages ?? []).map(toMessage),
    keys,
  };
}

export function toMessage(row: MessageRow): StoredMessage {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    orderId: row.order_id,
    kind: row.kind,
    notifyId: row.notify_id,
    receivedAt: timestamp(row.received_at),
    bytes: Buffer.from(row.bytes, 'base64'),
    verdict: row.verdict,
    keyId: row.key_id,
    digest: row.digest,
  };
}
