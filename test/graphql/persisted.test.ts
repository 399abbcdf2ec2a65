import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { documentFinder, type PersistedMode, type SentDocument, sha256 } from '../../src/graphql/persisted.ts';
import { ManifestError, readManifest } from '../../src/manifest-file.ts';

const LISTED = 'query Listed { __typename }';
const OTHER = '{ __typename }';
const HASH = sha256(LISTED);
const apq = (sha256Hash: unknown) => ({ persistedQuery: { version: 1, sha256Hash } });

const REQUIRED = 'PERSISTED_OPERATION_REQUIRED';
const NOT_FOUND = 'PERSISTED_QUERY_NOT_FOUND';
const NOT_SUPPORTED = 'PERSISTED_QUERY_NOT_SUPPORTED';

// biome-ignore format: a table
test.each<[string, SentDocument, Record<PersistedMode, string | undefined>]>([
  ['a text',                      { query: OTHER },                                       { off: OTHER, prefer: OTHER, enforce: REQUIRED }],
  ['a text of the manifest',      { query: LISTED },                                      { off: LISTED, prefer: LISTED, enforce: LISTED }],
  ['its hash',                    { extensions: apq(HASH) },                              { off: LISTED, prefer: LISTED, enforce: LISTED }],
  ['with the prefix',             { query: '', extensions: apq(`sha256:${HASH}`) },       { off: LISTED, prefer: LISTED, enforce: LISTED }],
  ['its id',                      { documentId: `sha256:${HASH}` },                       { off: LISTED, prefer: LISTED, enforce: LISTED }],
  ['its id beside another text',  { query: OTHER, extensions: { documentId: HASH } },     { off: LISTED, prefer: LISTED, enforce: LISTED }],
  ['an unknown hash',             { extensions: apq(sha256(OTHER)) },                     { off: NOT_SUPPORTED, prefer: NOT_FOUND, enforce: NOT_FOUND }],
  ['an unknown id',               { documentId: 'x' },                                    { off: NOT_SUPPORTED, prefer: NOT_FOUND, enforce: NOT_FOUND }],
  ['an unknown hash and its text', { query: OTHER, extensions: apq(sha256(OTHER)) },      { off: OTHER, prefer: OTHER, enforce: REQUIRED }],
  ['an unknown id and a text',    { query: OTHER, extensions: { documentId: 'x' } },      { off: OTHER, prefer: OTHER, enforce: REQUIRED }],
  ['a hash of another text',      { query: OTHER, extensions: apq('x') },                 { off: 'BAD_REQUEST', prefer: 'BAD_REQUEST', enforce: REQUIRED }],
  ['nothing',                     {},                                                     { off: undefined, prefer: undefined, enforce: REQUIRED }],
  ['numbers',                     { query: 7, documentId: 7, extensions: apq(7) },        { off: undefined, prefer: undefined, enforce: REQUIRED }],
  ['several',                     { query: [LISTED, OTHER], documentId: [HASH] },         { off: undefined, prefer: undefined, enforce: REQUIRED }],
  ['a name of every object',      { documentId: '__proto__', extensions: 'x' },           { off: NOT_SUPPORTED, prefer: NOT_FOUND, enforce: NOT_FOUND }],
])('%s', (_, sent, right) => {
  for (const mode of ['off', 'prefer', 'enforce'] as const) {
    const found = documentFinder(mode, new Map([[HASH, LISTED]]))(sent);
    const said = found && ('query' in found ? found.query : found.error.extensions.code);
    expect([mode, said]).toEqual([mode, right[mode]]);
  }
});

describe('a manifest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-manifest-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (content: unknown) => {
    const path = join(folder, `${Math.random()}`);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  test('of codegen, with its prefix and without, and of Apollo', () => {
    const right = new Map([[HASH, LISTED]]);
    const apollo = { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: HASH, body: LISTED }] };
    for (const content of [{ [`sha256:${HASH}`]: LISTED }, { [HASH]: LISTED }, apollo])
      expect(readManifest(file(content))).toEqual(right);
  });

  test.each<[string, unknown, string]>([
    ['not JSON', 'query {', 'no JSON object'],
    ['a list', [], 'no JSON object'],
    ['another hash', { '0123': LISTED }, 'hashAlgorithm'],
    ['no text', { [HASH]: { body: LISTED } }, 'hashAlgorithm'],
    ['nonsense in Apollo’s form', { operations: [null] }, 'hashAlgorithm'],
  ])('that is %s is refused with a reason', (_, content, reason) => {
    expect(() => readManifest(file(content))).toThrow(reason);
  });

  test('that is not there is named by what the system says', () => {
    expect(() => readManifest(join(folder, 'missing'))).toThrow(new ManifestError("it can't be read (ENOENT)"));
  });
});
