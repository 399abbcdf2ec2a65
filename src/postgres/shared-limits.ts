import type { SharedLimits, SpentOf } from '../merchants/ports.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { addSpent, forgetFull } from './statements/rate-limits.ts';

interface SpentRow {
  readonly merchant_id: string;
  readonly kind: SpentOf['limit'];
  readonly name: string;
  readonly seconds: number;
}

/** Measured by the database's clock alone. */
export function postgresSharedLimits({ pool }: Pick<Database, 'pool'>): SharedLimits {
  return {
    async add(spent) {
      const rows = await rowsOf<SpentRow>(pool, addSpent, [
        spent.map(({ merchantId }) => merchantId),
        spent.map(({ limit }) => limit),
        spent.map(({ name }) => name),
        spent.map(({ seconds }) => String(seconds)),
      ]);
      return rows.map(({ merchant_id: merchantId, kind: limit, name, seconds }) => ({
        limit,
        merchantId,
        name,
        seconds: Math.max(0, seconds),
      }));
    },

    async forget() {
      await rowsOf(pool, forgetFull, []);
    },
  };
}
