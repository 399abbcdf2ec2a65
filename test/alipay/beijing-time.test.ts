import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBeijingTime, parseBeijingTime } from '../../src/alipay/beijing-time.ts';

describe('Beijing time', () => {
  test.each([
    ['2026-11-23 10:00:05', '2026-11-23T02:00:05.000Z'],
    ['2026-01-01 00:00:00', '2025-12-31T16:00:00.000Z'],
    ['2024-02-29 23:59:59', '2024-02-29T15:59:59.000Z'],
    ['2026-11-23 10:00:05.3', '2026-11-23T02:00:05.300Z'],
    ['2026-11-23 10:00:05.314', '2026-11-23T02:00:05.314Z'],
  ])('%s is %s', (text, iso) => expect(parseBeijingTime(text)?.toISOString()).toBe(iso));

  test.each([
    '',
    '2026-02-30 00:00:00',
    '2026-13-01 00:00:00',
    '2026-11-23 24:00:00',
    '2026-11-23T10:00:05',
    '2026-11-23 10:00',
    '2026-11-23 10:00:05.1234',
    ' 2026-11-23 10:00:05',
  ])('%j is no time', (text) => expect(parseBeijingTime(text)).toBeUndefined());

  test('every second comes back', () => {
    const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (at) => {
        const second = Math.floor(at.getTime() / 1000) * 1000;
        expect(parseBeijingTime(formatBeijingTime(at))?.getTime()).toBe(second);
      }),
    );
  });

  test.each(['America/Los_Angeles', 'Asia/Shanghai', 'UTC'])('is the same in a process in %s', (TZ) => {
    const module = new URL('../../src/alipay/beijing-time.ts', import.meta.url).href;
    const script = `import { formatBeijingTime, parseBeijingTime } from ${JSON.stringify(module)};
      console.log(formatBeijingTime(new Date(0)), parseBeijingTime('2026-03-08 18:30:00').toISOString());`;
    const said = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], { env: { TZ } });
    expect(said.toString().trim()).toBe('1970-01-01 08:00:00 2026-03-08T10:30:00.000Z');
  });
});
