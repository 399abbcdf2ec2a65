// When the checker lets a follower off: money by a code that no till was given comes after the end, nothing else does.
import { expect, test } from 'vitest';
import type { SeenEvent } from './observer.ts';
import { told } from './observers/payment-status.ts';

const events = (...types: string[]): SeenEvent[] => {
  let status = 'PENDING';
  return types.map((type, index) => {
    if (type === 'order.cancelled') status = 'CANCELLED';
    return { id: `evt_${index}`, version: index + 1, type, status };
  });
};
const CANCELLED = ['order.created', 'order.cancelled'];
const SETTLED = [...CANCELLED, 'case.opened', 'refund.requested', 'refund.succeeded', 'case.resolved'];

// biome-ignore format: a table
test.each<[string, seen: number, ended: boolean, types: string[], owed: number]>([
  ['late money after the end',                         2, true,  SETTLED,                            2],
  ['more late money after the first was settled',      6, true,  [...SETTLED, 'case.opened'],        6],
  ['the end came while a case was open',               3, true,  SETTLED,                            6],
  ['the end came before the refund was told',          4, true,  SETTLED,                            6],
  ['nothing had ended',                                2, false, SETTLED,                            6],
  ['something else came after the end',                2, true,  [...CANCELLED, 'refund.requested'], 3],
  ['a sale that was not over ended',                   1, true,  ['order.created', 'case.opened'],   2],
])('%s', (_, seen, ended, types, owed) => {
  const all = events(...types);
  expect(told({ seen: all.slice(0, seen), hasEnded: () => ended }, all)).toHaveLength(owed);
});
