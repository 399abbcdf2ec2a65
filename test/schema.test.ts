// The schema is emitted from the code. `npm run schema` writes schema.graphql; without it this test tells of a drift.
// What the tests ask of it is typed by codegen, so that a drift there is an error of the compiler.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { memorySchema } from './support/schema.ts';

const FILE = join(import.meta.dirname, '..', 'schema.graphql');

test('schema.graphql is what the code serves; if not: npm run schema', () => {
  const emitted = `${printSchema(memorySchema())}\n`;
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(FILE, emitted);
  expect(readFileSync(FILE, 'utf8')).toBe(emitted);
});

/** The files that send text all the same, and what of it no type may vouch for. */
const RAW = {
  'fuzz/shops.ts': 'numbers and marks put together as it runs',
  'graphql/access.test.ts': 'every field there is, by its name',
  'graphql/actions.test.ts': 'mutations put together from a table',
  'graphql/operations.test.ts': 'amounts that are not text',
  'journeys/cases.test.ts': 'every mutation there is, by its name',
  'journeys/collecting.test.ts': 'half a document, a list for a code',
  'journeys/event-streams.test.ts': 'documents that are wrong or too deep, by plain fetch',
  'journeys/faults.test.ts': 'what is not there, and what production hides',
  'journeys/input.test.ts': 'input that is wrong',
  'journeys/limits.test.ts': 'attacks',
  'journeys/orders-list.test.ts': 'filters that are wrong',
  'journeys/rate-limits.test.ts': 'floods of the least there is to ask',
  'journeys/subscription.test.ts': 'a field that is not there',
  'journeys/undoing.test.ts': 'every mutation there is, by its name',
  'security/canary-till.ts': 'documents with markers in them',
  'security/canary.test.ts': 'documents with markers in them',
  'security/graphql-cop.test.ts': 'attacks',
  'support/graphql-client.ts': 'made here',
  'support/schema.ts': 'made here',
};

const SENDS_TEXT = /\b(askRaw|runRaw|streamRaw|openRawFeed)[(<]/;

test('only these files send text instead of typed documents', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const raw = files
    .filter((path) => path.endsWith('.ts') && SENDS_TEXT.test(readFileSync(join(import.meta.dirname, path), 'utf8')))
    .map((path) => path.replaceAll(sep, '/'));
  expect(raw.toSorted()).toEqual(Object.keys(RAW));
});
