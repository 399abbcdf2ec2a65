// Walks over whole tables by their key, a handful of rows at a time: bounded memory, no transaction left open.
import type { Bundle, StoredMessage, VerificationKey } from '../orders/bundle.ts';
import { type BundleRow, type MessageRow, toBundle, toMessage } from './bundles.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { nextBundles, nextEventKeys, nextMessages } from './statements/bundles.ts';

const NOTHING = '00000000-0000-0000-0000-000000000000';
const ORDERS_AT_A_TIME = 50;
const MESSAGES_AT_A_TIME = 200;
const EVENTS_AT_A_TIME = 10_000;

interface WalkOptions {
  /** Ids from here on; they sort by time. */
  readonly fromId?: string | undefined;
  readonly keys: readonly VerificationKey[];
}

/** Every order with all that vouches for it, each of one moment. */
export async function* walkBundles(
  { pool }: Pick<Database, 'pool'>,
  { fromId = NOTHING, keys }: WalkOptions,
): AsyncGenerator<Bundle> {
  let [merchantId, id] = [NOTHING, NOTHING];
  for (;;) {
    const rows = await rowsOf<BundleRow>(pool, nextBundles, [merchantId, id, fromId, String(ORDERS_AT_A_TIME)]);
    for (const row of rows) yield toBundle(row, keys);
    const last = rows.at(-1);
    if (last === undefined) return;
    [merchantId, id] = [last.merchant_id, last.id];
  }
}

/** Every message that no event names; the others come with their orders. */
export async function* walkLooseMessages(
  { pool }: Pick<Database, 'pool'>,
  { fromId = NOTHING }: WalkOptions,
): AsyncGenerator<StoredMessage> {
  let [merchantId, id] = [NOTHING, NOTHING];
  for (;;) {
    const values = [merchantId, id, fromId, String(MESSAGES_AT_A_TIME)];
    const rows = await rowsOf<MessageRow & { named: boolean }>(pool, nextMessages, values);
    for (const row of rows) if (!row.named) yield toMessage(row);
    const last = rows.at(-1);
    if (last === undefined) return;
    [merchantId, id] = [last.merchant_id, last.id];
  }
}

interface EventKey {
  readonly merchant_id: string;
  readonly order_id: string;
  readonly version: number;
  readonly orphan: boolean;
}

/** The orders that events tell of and that are not there, each once. */
export async function* walkLostOrders({ pool }: Pick<Database, 'pool'>): AsyncGenerator<string> {
  let after: EventKey = { merchant_id: NOTHING, order_id: NOTHING, version: 0, orphan: false };
  for (;;) {
    const values = [after.merchant_id, after.order_id, String(after.version), String(EVENTS_AT_A_TIME)];
    const rows = await rowsOf<EventKey>(pool, nextEventKeys, values);
    for (const row of rows) {
      if (row.orphan && row.order_id !== after.order_id) yield row.order_id;
      after = row;
    }
    if (rows.length === 0) return;
  }
}
