import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Config, readConfig } from '../src/config.ts';
import { watchConfig } from '../src/config-watch.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

const key = (letter: string) => letter.repeat(32);

/** A gateway whose API_KEY stands in a file that the test writes. */
function aGateway(take: (apiKey: string | undefined) => Promise<void> = async () => {}) {
  const file = { says: key('a'), reads: 0 };
  const read = (): Config => {
    file.reads += 1;
    return readConfig({ API_KEY: file.says, SECRET_KEY: key('s') });
  };
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const taken: (string | undefined)[] = [];
  const watch = watchConfig({
    config: read(),
    read,
    log,
    changes: [
      {
        settings: 'API_KEY',
        of: ({ apiKey }) => apiKey,
        take: async ({ apiKey }) => {
          await take(apiKey);
          taken.push(apiKey);
        },
      },
      { settings: 'SECRET_KEY', of: ({ secretKey }) => secretKey },
    ],
  });
  return { file, lines, taken, watch, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

test('a new value is taken over once, soon, and nothing is said while nothing changes', async () => {
  const { file, taken, lines, pass, watch } = aGateway();
  await pass(20_000);
  expect([taken, lines]).toEqual([[], []]);
  file.says = key('b');
  await pass(3_000);
  expect(taken).toEqual([key('b')]);
  await pass(20_000);
  expect(taken).toEqual([key('b')]);
  expect(lines).toMatchObject([{ settings: 'API_KEY', msg: 'a new value goes from now on' }]);
  expect(JSON.stringify(lines)).not.toContain(key('b'));
  await watch.stop();
});

test('a file that is still being written is not taken for whole', async () => {
  const { file, taken, pass, watch } = aGateway();
  file.says = key('b');
  const looking = watch.look();
  await pass(100);
  file.says = `${key('b')}cd`;
  await pass(200);
  await looking;
  expect(taken).toEqual([]);
  await pass(3_000);
  expect(taken).toEqual([`${key('b')}cd`]);
  await watch.stop();
});

test('a wrong value is named once, without itself, and the old one goes on', async () => {
  const { file, taken, lines, pass, watch } = aGateway();
  file.says = 'hunter2 hunter2';
  await pass(20_000);
  expect(taken).toEqual([]);
  expect(lines).toMatchObject([{ reason: expect.stringContaining('API_KEY is wrong') }]);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
  file.says = key('b');
  await pass(3_000);
  expect(taken).toEqual([key('b')]);
  await watch.stop();
});

test('one that can not be taken yet is tried again, and said once', async () => {
  let works = false;
  const { file, taken, lines, pass, watch } = aGateway(async () => {
    if (!works) throw new Error('not yet');
  });
  file.says = key('b');
  await pass(20_000);
  expect([taken, lines.length]).toEqual([[], 1]);
  expect(lines[0]).toMatchObject({ settings: 'API_KEY', msg: 'a new value was refused: the old one goes on' });
  works = true;
  await pass(3_000);
  expect(taken).toEqual([key('b')]);
  await watch.stop();
});
