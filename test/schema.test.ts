// The schema is emitted from the code. `npm run schema` writes schema.graphql; without it this test tells of a drift.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { memorySchema } from './support/schema.ts';

const FILE = join(import.meta.dirname, '..', 'schema.graphql');

test('schema.graphql is what the code serves; if not: npm run schema', () => {
  const emitted = `${printSchema(memorySchema())}\n`;
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(FILE, emitted);
  expect(readFileSync(FILE, 'utf8')).toBe(emitted);
});
