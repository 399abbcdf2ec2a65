// Rows by their ids: those of one merchant that are asked for in the same moment share one statement.
import type { Pool } from 'pg';
import { rowsOf, type Statement } from './statement.ts';
import { together } from './together.ts';

export interface RowKey {
  readonly merchantId: string;
  readonly id: string;
}

/** `statement`: answers the rows of the merchant $1 whose ids are among $2. */
export function byId<Row extends { readonly id: string }>(
  pool: Pool,
  statement: Statement,
): (key: RowKey) => Promise<Row | undefined> {
  return together<RowKey, Row | undefined>({
    groupOf: ({ merchantId }) => merchantId,
    async run(keys) {
      const ids = keys.map(({ id }) => id);
      const rows = await rowsOf<Row>(pool, statement, [keys[0]?.merchantId ?? null, ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id));
    },
  });
}
