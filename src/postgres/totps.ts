import type { Totps } from '../merchants/ports.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf } from './statement.ts';
import * as statements from './statements/totps.ts';

export function postgresTotps({ pool }: Pick<Database, 'pool'>): Totps {
  return {
    isActive: async (merchantId, owner) =>
      (await rowOf(pool, statements.isTotpActive, [merchantId, owner])) !== undefined,
    async offer({ merchantId, owner, sealed }, { id, actor, at }) {
      await rowsOf(pool, statements.offerTotp, [merchantId, id, actor, at, owner, sealed]);
    },
    takeTry: (merchantId, owner, now) => rowOf(pool, statements.takeTotpTry, [merchantId, owner, now]),
    useStep: async ({ merchantId, owner, step }) =>
      (await rowOf(pool, statements.useTotpStep, [merchantId, owner, step])) !== undefined,
    activate: async ({ merchantId, owner, sealed, step }, { id, actor, at }) =>
      (await rowOf(pool, statements.activateTotp, [merchantId, id, actor, at, owner, sealed, step])) !== undefined,
  };
}
