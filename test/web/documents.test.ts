// Every document of the pages passes the gateway's own limits, with room to spare.
import { type DocumentNode, Kind, print, specifiedRules, validate } from 'graphql';
import { expect, test } from 'vitest';
import { documentLimits, MAX_TOKENS } from '../../src/graphql/documents.ts';
import * as desk from '../../web/api/desk-documents.ts';
import * as pages from '../../web/api/documents.ts';
import { memorySchema } from '../support/schema.ts';

const schema = memorySchema();
const all: [string, DocumentNode][] = Object.entries({ ...pages, ...desk });

test('there are documents', () => {
  expect(all.length).toBeGreaterThan(10);
});

test.each(all)('%s', (_, document) => {
  const rules = [...specifiedRules, ...documentLimits({ introspection: false })];
  expect(validate(schema, document, rules)).toEqual([]);
  expect(tokensIn(print(document))).toBeLessThan(MAX_TOKENS / 2);
  expect(document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)).toHaveLength(1);
});

function tokensIn(source: string): number {
  return source.match(/[A-Za-z_]\w*|\.{3}|[!$&()[\]{}:=@|]/g)?.length ?? 0;
}
