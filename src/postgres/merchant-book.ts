import type { Merchant } from '../merchants/merchant.ts';
import type { MerchantBook } from '../merchants/ports.ts';
import { noted } from './app-book.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf } from './statement.ts';
import * as statements from './statements/merchants.ts';
import { timestamp, timestampOrNull } from './timestamps.ts';

interface MerchantRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly suspended_at: string | null;
}

export function postgresMerchantBook({ pool }: Pick<Database, 'pool'>): MerchantBook {
  return {
    list: async ({ first, after }) =>
      (await rowsOf<MerchantRow>(pool, statements.merchantPage, [after, first])).map(toMerchant),

    async find(id) {
      const row = await rowOf<MerchantRow>(pool, statements.findMerchant, [id]);
      return row && toMerchant(row);
    },

    async create({ id, name }, { key, hash, note }) {
      const values = [id, ...noted(note), name, key.id, hash, key.label, key.prefix, key.scopes];
      await rowsOf(pool, statements.createMerchant, values);
    },

    async setSuspended(id, { suspended, note }) {
      return (await rowOf(pool, statements.suspendMerchant, [id, ...noted(note), suspended])) !== undefined;
    },
  };
}

function toMerchant(row: MerchantRow): Merchant {
  return {
    id: row.id,
    name: row.name,
    createdAt: timestamp(row.created_at),
    suspendedAt: timestampOrNull(row.suspended_at),
  };
}
