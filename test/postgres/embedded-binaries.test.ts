import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../src/postgres/embedded-account.ts';
import { reachableBinaries } from '../../src/postgres/embedded-binaries.ts';

const nobody: Account = { name: 'nobody', uid: 65_534, gid: 65_534 };
let base: string;
let native: string;
let dataDir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kassa-binaries-'));
  await chmod(base, 0o755);
  native = join(base, 'home', 'linux-x64', 'native');
  dataDir = join(base, 'data');
  for (const part of ['bin', 'lib', 'share']) await mkdir(join(native, part), { recursive: true });
  await mkdir(dataDir);
  await writeFile(join(native, 'bin', 'postgres'), 'the program', { mode: 0o755 });
  await symlink('libpq.so.5.18', join(native, 'lib', 'libpq.so.5'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

describe.runIf(process.getuid?.() === 0)('binaries for an account that root picked', () => {
  test('within its reach are used where they are', async () => {
    expect(await reachableBinaries(native, dataDir, nobody)).toBe(native);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('below a closed folder are copied, once, and are its own', async () => {
    await chmod(join(base, 'home'), 0o700);
    const [copy] = await Promise.all([1, 2].map(() => reachableBinaries(native, dataDir, nobody)));
    expect(await readdir(dataDir)).toHaveLength(1);
    expect(copy).toContain(dataDir);
    const program = join(copy ?? '', 'bin', 'postgres');
    expect(await readFile(program, 'utf8')).toBe('the program');
    expect(await readdir(join(copy ?? '', 'lib'))).toEqual(['libpq.so.5']);
    const first = await stat(program);
    expect(first.uid).toBe(nobody.uid);
    expect(await reachableBinaries(native, dataDir, nobody)).toBe(copy);
    expect((await stat(program)).ino).toBe(first.ino);
  });

  test('of a newer package are copied anew', async () => {
    await chmod(join(base, 'home'), 0o700);
    const old = await reachableBinaries(native, dataDir, nobody);
    await writeFile(join(native, 'bin', 'postgres'), 'the newer program', { mode: 0o755 });
    expect(await reachableBinaries(native, dataDir, nobody)).not.toBe(old);
  });
});
