import type { Database } from './database.ts';
import { Merchants } from './records/merchants.ts';

/** Every merchant of the database, oldest first. */
export async function listMerchants({
  em,
}: Pick<Database, 'em'>): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const all = await em().find(Merchants, {}, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return all.map(({ id, name }) => ({ id, name }));
}
