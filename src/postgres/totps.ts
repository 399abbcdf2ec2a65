import type { Totps } from '../merchants/ports.ts';
import type { Database } from './database.ts';
import { rowOf } from './statement.ts';
import * as statements from './statements/totps.ts';

export function postgresTotps({ pool }: Pick<Database, 'pool'>): Totps {
  return {
    isActive: async (merchantId, owner) =>
      (await rowOf(pool, statements.isTotpActive, [merchantId, owner])) !== undefined,
    offer: async ({ merchantId, owner, sealed, replaces }, { id, actor, at }) =>
      (await rowOf(pool, statements.offerTotp, [merchantId, id, actor, at, owner, sealed, replaces])) !== undefined,
    takeTry: (merchantId, owner, now) => rowOf(pool, statements.takeTotpTry, [merchantId, owner, now]),
    useStep: async ({ merchantId, owner, step }) =>
      (await rowOf(pool, statements.useTotpStep, [merchantId, owner, step])) !== undefined,
    activate: async ({ merchantId, owner, sealed, step }, { id, actor, at }) =>
      (await rowOf(pool, statements.activateTotp, [merchantId, id, actor, at, owner, sealed, step])) !== undefined,
  };
}
