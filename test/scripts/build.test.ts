import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuildError, build } from '../../scripts/build.ts';
import { typeOperations } from '../../scripts/type-operations.ts';
import { until } from '../support/until.ts';

// Stands in for a bundler: notes its call, fails or hangs when the source says so, else "compiles" src/main.ts.
const tool = `
import { appendFileSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync('calls.log', args.filter((arg) => !arg.startsWith(process.cwd())).join(' ') + '\\n');
const source = readFileSync('src/main.ts', 'utf8');
if (source.includes('mistake')) { console.error('src/main.ts(1,1): a mistake'); process.exit(2); }
if (source.includes('endless')) setInterval(() => {}, 1000);
const out = args[args.findIndex((arg) => /^--(outDir|dir)$/.test(arg)) + 1];
if (/--(outDir|dir)\\b/.test(args)) { mkdirSync(out, { recursive: true }); copyFileSync('src/main.ts', out + '/main.js'); }
`;
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kassa build-')));
  for (const path of ['rolldown/bin/cli.mjs', '@graphql-codegen/cli/esm/bin.js', 'vite/bin/vite.js']) {
    write(`node_modules/${path}`, tool);
  }
  write('package.json', '{"type":"module"}');
  write('package-lock.json', '{}');
  write('src/main.ts', 'export const answer = 42;');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a name for the sources', () => {
  test('the same sources are built once, and used again at once', async () => {
    const folder = await build({ root });
    expect(basename(folder)).toMatch(/^[0-9a-f]{16}$/);
    expect(dirname(folder)).toBe(join(root, 'dist'));
    const began = performance.now();
    expect(await build({ root, onBuild: () => expect.unreachable() })).toBe(folder);
    expect(performance.now() - began).toBeLessThan(300);
    expect(calls()).toHaveLength(1);
    expect(readlinkSync(join(root, 'dist', 'current'))).toBe(basename(folder));
  });

  test.each([
    ['src/main.ts', 'another build'],
    ['src/new.ts', 'another build'],
    ['web/style.css', 'another build'],
    ['schema.graphql', 'another build'],
    ['codegen.yml', 'another build'],
    ['tsconfig.json', 'another build'],
    ['rolldown.config.ts', 'another build'],
    ['package-lock.json', 'another build'],
    ['web/gql/graphql.ts', 'the same build'], // generated
    ['test/support/gql/graphql.ts', 'the same build'],
    ['README.md', 'the same build'],
    ['test/main.test.ts', 'the same build'],
  ])('a change in %s: %s', async (path, expected) => {
    const before = await build({ root });
    write(path, 'changed');
    expect((await build({ root })) === before ? 'the same build' : 'another build').toBe(expected);
  });

  test('going back to old sources uses their build again', async () => {
    const first = await build({ root });
    write('src/main.ts', 'export const answer = 43;');
    await build({ root });
    write('src/main.ts', 'export const answer = 42;');
    expect(await build({ root, onBuild: () => expect.unreachable() })).toBe(first);
    expect(readlinkSync(join(root, 'dist', 'current'))).toBe(basename(first));
  });
});

test('the pages are built as soon as there are any, from generated types', async () => {
  write('web/pos.html', '<title>Till</title>');
  const folder = await build({ root });
  expect(existsSync(join(folder, 'web', 'main.js'))).toBe(true);
  expect(calls().sort()).toEqual([
    '--config codegen.yml',
    '--config rolldown.config.ts --dir',
    'build web --outDir --emptyOutDir',
  ]);
});

test('operations get their types once, and again when one of them or the schema has changed', async () => {
  const type = () => typeOperations({ root, signal: AbortSignal.timeout(10_000) });
  write('test/journeys/sale.test.ts', 'const SALE = graphql(`query Sale { sale }`);');
  await Promise.all([type(), type()]);
  write('test/journeys/sale.test.ts', 'const RENAMED = graphql(`query Sale { sale }`);');
  await type();
  expect(calls()).toEqual(['--config codegen.yml']);
  write('test/journeys/sale.test.ts', 'const RENAMED = graphql(`query Sale { sale { id } }`);');
  await type();
  write('schema.graphql', 'type Query');
  await type();
  rmSync(join(root, 'test', 'support', 'gql'), { recursive: true });
  await type();
  expect(calls()).toHaveLength(4);
});

test('the real bundler: what it makes runs, its complaint is shown', async () => {
  rmSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(root, 'node_modules'));
  write('rolldown.config.ts', "export default { input: { main: 'src/main.ts' } };");
  write('src/main.ts', "import { answer } from './answer.ts';\nexport const twice: number = answer * 2;");
  write('src/answer.ts', 'export const answer = 21;');
  expect((await import(join(await build({ root }), 'main.js'))).twice).toBe(42);

  write('src/answer.ts', 'export const anser = 21;');
  await expect(build({ root })).rejects.toThrow('"answer" is not exported by "src/answer.ts"');
});

describe('at the same time', () => {
  test('several processes: all get the same whole folder, one builds', async () => {
    const child = join(import.meta.dirname, 'build-child.ts');
    const runs = [1, 2, 3].map(() => promisify(execFile)(process.execPath, [child, root]));
    const folders = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(new Set(folders).size).toBe(1);
    expect(readFileSync(join(folders[0] ?? '', 'main.js'), 'utf8')).toContain('answer');
    expect(inDist()).toEqual([basename(folders[0] ?? ''), 'current'].sort());
    expect(calls()).toHaveLength(1);
  });

  test('a lock whose holder was killed holds nobody up', async () => {
    write('dist/.building/pid', String(deadPid));
    await build({ root });
    expect(inDist()).not.toContain('.building');
  });

  test('a lock whose holder lives is waited for', async () => {
    write('dist/.building/pid', String(process.pid));
    const signal = AbortSignal.timeout(500);
    await expect(build({ root, signal })).rejects.toThrow('abort');
    expect(existsSync(join(root, 'calls.log'))).toBe(false);
  });
});

describe('a build that comes to nothing leaves nothing', () => {
  test('a mistake: the bundler is quoted', async () => {
    write('src/main.ts', 'mistake');
    const error = await build({ root }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BuildError);
    expect(String(error)).toContain('src/main.ts(1,1): a mistake');
    expect(inDist()).toEqual([]);
  });

  test('broken off half way', async () => {
    write('src/main.ts', 'endless');
    const breaking = new AbortController();
    const broken = expect(build({ root, signal: breaking.signal })).rejects.toThrow('abort');
    await until(() => existsSync(join(root, 'calls.log')), Boolean);
    breaking.abort();
    await broken;
    expect(calls()).toHaveLength(1);
    expect(inDist()).toEqual([]);
  });

  test('without the development packages: says how to get them', async () => {
    rmSync(join(root, 'node_modules'), { recursive: true });
    await expect(build({ root })).rejects.toThrow('npm ci --include=dev');
  });
});

test('old builds and abandoned ones go; recent ones and what is not ours stay', async () => {
  for (const [name, hours] of Object.entries({ a: 5, b: 4, c: 3, d: 0.5 })) {
    write(`dist/${name.repeat(16)}/main.js`, '');
    const then = new Date(Date.now() - hours * 3_600_000);
    utimesSync(join(root, 'dist', name.repeat(16)), then, then);
  }
  write(`dist/.tmp-${deadPid}-abc/main.js`, '');
  write(`dist/.tmp-${process.pid}-abc/main.js`, '');
  write('dist/notes/mine.txt', '');
  const current = basename(await build({ root }));
  const kept = ['c'.repeat(16), 'd'.repeat(16), `.tmp-${process.pid}-abc`, 'notes', 'current', current];
  expect(inDist()).toEqual(kept.sort());
});

// Above any pid_max.
const deadPid = 2 ** 30;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function calls(): string[] {
  return readFileSync(join(root, 'calls.log'), 'utf8').trim().split('\n');
}

function inDist(): string[] {
  return readdirSync(join(root, 'dist')).sort();
}
