// The documents say which test holds what: each that they name is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folders = readdirSync(join(root, 'test')).join('|');
/** `test/http/sockets.test.ts`, or `http/sockets` in a table of tests. */
const NAMED = new RegExp(`test/[\\w./-]+\\.ts|\`(?:${folders})/[\\w-]+\``, 'g');

/** Rows of what other people are building at this moment name tests that come with it. */
function rowsOf(document: string): readonly string[] {
  return readFileSync(join(root, document), 'utf8')
    .split('\n')
    .filter((line) => !line.includes('in the making'));
}

test.each([
  ['SECURITY.md', 40],
  ['docs/security-checklist.md', 30],
  ['docs/reliability.md', 20],
])('%s', (document, least) => {
  const named = new Set(rowsOf(document).flatMap((line) => line.match(NAMED) ?? []));
  const paths = [...named].map((name) => (name.startsWith('`') ? `test/${name.slice(1, -1)}.test.ts` : name));
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(paths.length).toBeGreaterThan(least);
});

test('every row of the checklist and of the threat model names a test or says why there is none', () => {
  const rows = rowsOf('docs/security-checklist.md').filter((line) => /^\| \d+ \|/.test(line));
  const numbers = readFileSync(join(root, 'docs/security-checklist.md'), 'utf8').match(/^\| \d+ \|/gm) ?? [];
  expect(numbers.map((cell) => Number(cell.match(/\d+/)?.[0]))).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  expect(rows.filter((row) => !/test\/|Not built:|Not ours:/.test(row))).toEqual([]);
  const threats = rowsOf('SECURITY.md').filter((line) => /^\| [STRIDE](, [STRIDE])* \|/.test(line));
  expect(threats.filter((row) => !/test\/|Not ours:|Accepted:/.test(row))).toEqual([]);
  expect(threats.length).toBeGreaterThan(40);
});
