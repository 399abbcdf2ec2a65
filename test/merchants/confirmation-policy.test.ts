// When a second person is to agree, and which policy is looser than which.
import { describe, expect, test } from 'vitest';
import {
  ASKS_FOR_NOTHING,
  beijing,
  type ConfirmationPolicy,
  faultInPolicy,
  isLooser,
  type MoneyAsked,
  needsConfirmation,
  policyJson,
  readPolicy,
} from '../../src/merchants/confirmation-policy.ts';

const policy = (rules: Partial<ConfirmationPolicy>): ConfirmationPolicy => ({ ...ASKS_FOR_NOTHING, ...rules });
const asked = (more: Partial<MoneyAsked> = {}): MoneyAsked => ({
  amountFen: 100n,
  todayFen: 100n,
  atTerminal: false,
  hour: 12,
  ...more,
});

// biome-ignore format: a table
test.each<[string, Partial<ConfirmationPolicy>, Partial<MoneyAsked>, boolean]>([
  ['nothing is asked for',              {},                                         { amountFen: 10_000_000_000n }, false],
  ['settings alone',                    { settings: true },                         { atTerminal: true },           false],
  ['as much as the limit',              { refundAboveFen: 100n },                   {},                             false],
  ['a fen more',                        { refundAboveFen: 99n },                    {},                             true],
  ['a limit of nothing: every one',     { refundAboveFen: 0n },                     { amountFen: 1n },              true],
  ['the day comes to the limit',        { dailySumAboveFen: 300n },                 { todayFen: 300n },             false],
  ['the day comes to a fen more',       { dailySumAboveFen: 300n },                 { todayFen: 301n },             true],
  ['a terminal',                        { terminalsAlways: true },                  { atTerminal: true },           true],
  ['no terminal',                       { terminalsAlways: true },                  {},                             false],
  ['at the first free hour',            { freeHours: { from: 9, to: 18 } },         { hour: 9 },                    false],
  ['before it',                         { freeHours: { from: 9, to: 18 } },         { hour: 8 },                    true],
  ['at the last free hour',             { freeHours: { from: 9, to: 18 } },         { hour: 17 },                   false],
  ['after it',                          { freeHours: { from: 9, to: 18 } },         { hour: 18 },                   true],
  ['past midnight, free',               { freeHours: { from: 22, to: 6 } },         { hour: 3 },                    false],
  ['past midnight, not free',           { freeHours: { from: 22, to: 6 } },         { hour: 6 },                    true],
  ['to the end of the day',             { freeHours: { from: 0, to: 24 } },         { hour: 23 },                   false],
  ['any one rule is enough',            { refundAboveFen: 900n, terminalsAlways: true }, { atTerminal: true },      true],
])('%s', (_, rules, money, held) => {
  expect(needsConfirmation(policy(rules), asked(money))).toBe(held);
});

describe('looser', () => {
  // biome-ignore format: a table
  test.each<[string, Partial<ConfirmationPolicy>, Partial<ConfirmationPolicy>, boolean]>([
    ['the same',                    { refundAboveFen: 1n, settings: true },       { refundAboveFen: 1n, settings: true },    false],
    ['from nothing to anything',    {},                                           { refundAboveFen: 1n, settings: true },    false],
    ['a higher limit',              { refundAboveFen: 1n },                       { refundAboveFen: 2n },                    true],
    ['a lower limit',               { refundAboveFen: 2n },                       { refundAboveFen: 1n },                    false],
    ['no limit',                    { refundAboveFen: 1n },                       {},                                        true],
    ['no daily sum',                { dailySumAboveFen: 1n },                     {},                                        true],
    ['terminals as they like',      { terminalsAlways: true },                    {},                                        true],
    ['settings as one likes',       { settings: true },                           {},                                        true],
    ['one hour more',               { freeHours: { from: 9, to: 18 } },           { freeHours: { from: 9, to: 19 } },        true],
    ['one hour less',               { freeHours: { from: 9, to: 18 } },           { freeHours: { from: 9, to: 17 } },        false],
    ['other hours',                 { freeHours: { from: 9, to: 18 } },           { freeHours: { from: 10, to: 19 } },       true],
    ['the same hours, said longer', { freeHours: { from: 22, to: 6 } },           { freeHours: { from: 23, to: 6 } },        false],
    ['every hour',                  { freeHours: { from: 9, to: 18 } },           {},                                        true],
    ['stricter here, looser there', { refundAboveFen: 9n, settings: true },       { refundAboveFen: 1n },                    true],
  ])('%s', (_, now, next, looser) => {
    expect(isLooser(policy(now), policy(next))).toBe(looser);
  });
});

test.each([
  [{ from: 24, to: 3 }, 'begin'],
  [{ from: -1, to: 3 }, 'begin'],
  [{ from: 3, to: 25 }, 'end'],
  [{ from: 3, to: 0 }, 'end'],
  [{ from: 3, to: 3 }, 'same hour'],
])('hours %o are at fault', (freeHours, says) => {
  expect(faultInPolicy(policy({ freeHours }))).toMatchObject({
    field: 'freeHours',
    message: expect.stringContaining(says),
  });
});

test('hours that are right, and none, are not', () => {
  for (const freeHours of [null, { from: 0, to: 24 }, { from: 22, to: 6 }])
    expect(faultInPolicy(policy({ freeHours }))).toBeUndefined();
});

test('the day turns at midnight in Beijing', () => {
  expect(beijing(new Date('2026-11-23T15:59:59Z'))).toEqual({ day: '2026-11-23', hour: 23 });
  expect(beijing(new Date('2026-11-23T16:00:00Z'))).toEqual({ day: '2026-11-24', hour: 0 });
});

test('what is kept is read as it was', () => {
  const whole = policy({
    refundAboveFen: 12_345n,
    dailySumAboveFen: 0n,
    freeHours: { from: 9, to: 18 },
    settings: true,
  });
  for (const one of [whole, ASKS_FOR_NOTHING])
    expect(readPolicy(JSON.parse(JSON.stringify(policyJson(one))))).toEqual(one);
  expect(readPolicy(null)).toEqual(ASKS_FOR_NOTHING);
});
