import type { StoredMessage } from '../orders/bundle.ts';
import { type MessageRow, toMessage } from './bundles.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { messagesNamed } from './statements/bundles.ts';

/** The kept messages of this id, or with this notification's id, over all merchants: a handful at most. */
export async function findMessages(
  { pool }: Pick<Database, 'pool'>,
  named: { readonly id: string } | { readonly notifyId: string },
): Promise<readonly StoredMessage[]> {
  const values = 'id' in named ? [named.id, null] : [null, named.notifyId];
  return (await rowsOf<MessageRow>(pool, messagesNamed, values)).map(toMessage);
}
