import { expect, test } from 'vitest';
import { faultInEventTypes } from '../../src/deliveries/event-types.ts';

test.each([null, ['payment.succeeded'], ['refund.*', 'webhook.disabled'], ['order.*', 'case.*', 'webhook.*']])(
  '%j can be heard of',
  (types) => expect(faultInEventTypes(types)).toBeUndefined(),
);

// biome-ignore format: a table
test.each<[string[], RegExp]>([
  [[],                              /must not be empty/],
  [['payment.succeded'],            /"payment.succeded" is none of .*payment\.succeeded/],
  [['*'],                           /"\*" is none of/],
  [['PAYMENT.*'],                   /is none of/],
  [['webhook.test'],                /is none of/],
  [Array(30).fill('order.created'), /twice/],
  [['x'.repeat(9_999)],             /^eventTypes must hold events or families; "x{40}" is none/],
])('%j is refused', (types, why) => {
  expect(faultInEventTypes(types)?.message).toMatch(why);
});
