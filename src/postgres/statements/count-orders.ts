import type { Statement } from '../statement.ts';

/** How many of a merchant's newest orders are counted at most. */
const NEWEST = 20_000;

/** Orders since the id $1, by status: an index scan for each merchant, cut off after its newest ones. */
export const countOrders: Statement = {
  name: 'orders-count-by-status',
  text: `
    select newest.status, count(*)::int as orders
    from merchants m cross join lateral (
      select o.status from orders o where o.merchant_id = m.id and o.id >= $1 order by o.id desc limit ${NEWEST}
    ) newest
    group by newest.status`,
};
