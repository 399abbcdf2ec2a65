import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromTypeId, leastUuid, newUuid, toTypeId } from '../src/ids.ts';

const anyTime = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

test('a fresh id is a UUIDv7 of its moment', () => {
  fc.assert(
    fc.property(anyTime, (at) => {
      const uuid = newUuid(at);
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime());
    }),
  );
});

test('10,000 of one moment are all different, over the end of the random pool too', () => {
  const at = new Date();
  expect(new Set(Array.from({ length: 10_000 }, () => newUuid(at))).size).toBe(10_000);
});

test('ids sort by their moment, and the least one of a moment comes before all of it', () => {
  fc.assert(
    fc.property(anyTime, (at) => {
      const before = new Date(Math.max(at.getTime() - 1, 0));
      expect(leastUuid(at) <= newUuid(at)).toBe(true);
      if (before < at) expect(newUuid(before) < leastUuid(at)).toBe(true);
    }),
  );
});

test('a TypeID reads back as the UUID that it holds, under its own prefix only', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      const id = toTypeId('ord', uuid);
      expect(id).toMatch(/^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
      expect(fromTypeId('ord', id)).toBe(uuid);
      expect(fromTypeId('pay', id)).toBeUndefined();
    }),
  );
});

describe('is no id of an order:', () => {
  const good = toTypeId('ord', '01890a5d-ac96-774b-bcce-b302099a8057');
  test.each([
    '',
    '_',
    'ord',
    'ord_',
    good.slice(0, -1),
    `${good}0`,
    good.toUpperCase(),
    ` ${good}`,
    `${good}\n`,
    good.slice(4),
    `_${good.slice(4)}`,
    `evt_${good.slice(4)}`,
    `ord_8${good.slice(5)}`,
    `ord_${'l'.repeat(26)}`,
    '01890a5d-ac96-774b-bcce-b302099a8057',
    `ord_${'0'.repeat(100_000)}`,
    `ord_${'０'.repeat(26)}`,
    `ord__${good.slice(4)}`,
  ])('%s', (text) => {
    expect(fromTypeId('ord', text)).toBeUndefined();
  });
});
