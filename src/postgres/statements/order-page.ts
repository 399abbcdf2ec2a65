// One page of a merchant's orders, newest first. The id tells the time of creation, so the primary key
// serves the order, the bounds and the place where the page begins: it stays put while orders come in.
import { leastUuid } from '../../ids.ts';
import type { OrderPageAsked } from '../../orders/reads.ts';
import { orderColumns } from '../columns.ts';
import type { Statement, Value } from '../statement.ts';

/** The greatest time that a UUIDv7 can hold, in ms. */
const LAST_MS = 2 ** 48 - 1;

/** `$` is the filter's own parameter. */
const filters = {
  a: 'o.id < $',
  f: 'o.id >= $',
  b: 'o.id < $',
  s: 'o.status = any ($::text[])',
  p: 'o.store_id = $',
  t: 'o.terminal_id = $',
  n: `(o.merchant_order_no like $ || '%'`,
  c: `or o.subject ilike '%' || $ || '%'`,
  o: 'or o.id in (select p.order_id from payments p where p.merchant_id = $1 and p.out_trade_no = $))',
} as const;

type Letter = keyof typeof filters;

/** The statement for the filters that are asked, named by their letters, with its values. One order more than `first`. */
export function orderPageFor(merchantId: string, asked: OrderPageAsked): { statement: Statement; values: Value[] } {
  const used = usedFilters(asked);
  const conditions = used.map(([letter], index) => {
    const condition = filters[letter].replaceAll(/\$(?!1)/g, `$${index + 3}`);
    return letter === 'c' || letter === 'o' ? condition : `and ${condition}`;
  });
  const statement = {
    name: `orders-page:${used.map(([letter]) => letter).join('')}`,
    text: `select ${orderColumns} from orders o where o.merchant_id = $1 ${conditions.join(' ')} order by o.id desc limit $2`,
  };
  return { statement, values: [merchantId, asked.first + 1, ...used.map(([, value]) => value)] };
}

function usedFilters(asked: OrderPageAsked): [Letter, Value][] {
  const { afterId, createdFrom, createdBefore, status, storeId, terminalId, search } = asked;
  const used: [Letter, Value | undefined][] = [
    ['a', afterId],
    ['f', createdFrom && boundAt(createdFrom)],
    ['b', createdBefore && boundAt(createdBefore)],
    ['s', status],
    ['p', storeId],
    ['t', terminalId],
    ...(search ? searchFilters(search) : []),
  ];
  return used.filter((one): one is [Letter, Value] => one[1] !== undefined);
}

/** How the number begins, a part of the subject, or a payment's whole number; LIKE reads the text as it is. */
function searchFilters(search: string): [Letter, Value][] {
  const literal = search.replaceAll(/[\\%_]/g, '\\$&');
  return [
    ['n', literal],
    ['c', literal],
    ['o', search],
  ];
}

function boundAt(time: Date): string {
  return leastUuid(new Date(Math.min(Math.max(time.getTime(), 0), LAST_MS)));
}
