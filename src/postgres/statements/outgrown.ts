import type { Statement } from '../statement.ts';

/**
 * Tables of ours that have changed by several times what their statistics know of, and that this role may analyze. Those
 * of a table that was empty the other day make PostgreSQL 15 and 16 choose an index that walks all rows of a merchant.
 */
export const outgrownTables: Statement = {
  name: 'tables-outgrown',
  text: `
    select format('%I.%I', s.schemaname, s.relname) as name
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.schemaname = current_schema() and pg_has_role(c.relowner, 'usage')
      and s.n_mod_since_analyze > 50 and s.n_mod_since_analyze > 4 * greatest(c.reltuples, 0)
    order by 1`,
};
