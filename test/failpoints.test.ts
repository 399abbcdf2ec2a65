import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { failpointNames, noFailpoints, openFailpoints, readPlan } from '../src/failpoints.ts';

describe('FAILPOINTS', () => {
  test.each(failpointNames)('%s is a place before or after something', (name) => {
    expect(name).toMatch(/^\w+\.\w+\.(before|after)$/);
    expect(readPlan(`${name}:kill`)?.armed).toEqual([{ name, act: 'kill', ms: 0, nth: 1 }]);
  });

  // biome-ignore format: a table
  test.each<[string, number, number]>([
    // text                                                            points  ahead
    ['none',                                                                0,      0],
    ['orders.write.after:kill@2,channel.pay.before:delay(200)',             2,      0],
    ['inbox.record.before:throw,clock.now:skew(-600000)',                   1, -600_000],
    ['clock.now:skew(5)',                                                   0,      5],
  ])('%s', (text, points, ahead) => {
    expect(readPlan(text)).toMatchObject({ armed: { length: points }, clockAheadMs: ahead });
  });

  test.each([
    'orders.write:kill',
    'orders.write.after',
    'orders.write.after:burn',
    'orders.write.after:delay',
    'clock.now:kill',
    'a,b',
    ',',
  ])('%s is refused by name', (text) => {
    expect(() => readConfig({ FAILPOINTS: text })).toThrow(/^FAILPOINTS is wrong: got/);
  });

  test('unset nothing is wrapped', () => {
    const port = { take: async () => 1 };
    expect(readConfig({}).failpoints).toBeUndefined();
    expect(openFailpoints(undefined, async () => {})).toBe(noFailpoints);
    expect(noFailpoints.wrap('outbox', port)).toBe(port);
  });

  test('production refuses to start with faults on purpose', () => {
    const ali = { ALI_APP_ID: '2021000000000000', ALI_PRIVATE_KEY: 'x', ALI_PUBLIC_KEY: 'x' };
    const start = () => readConfig({ ...ali, NODE_ENV: 'production', FAILPOINTS: 'none' });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/^FAILPOINTS is set/);
  });
});

describe('a point', () => {
  const plan = (text: string) => openFailpoints(readPlan(text), async () => {});

  test('strikes once, when it is passed so many times; what it wraps has been done or not', async () => {
    const done: string[] = [];
    const port = { record: async (what: string) => void done.push(what) };
    const before = plan('inbox.record.before:throw@2').wrap('inbox', port);
    await before.record('1');
    await expect(before.record('2')).rejects.toThrow('failpoint inbox.record.before');
    await before.record('3');
    const after = plan('inbox.record.after:throw').wrap('inbox', port);
    await expect(after.record('4')).rejects.toThrow('failpoint inbox.record.after');
    expect(done).toEqual(['1', '3', '4']);
  });

  test('may make one wait', async () => {
    const { take } = plan('outbox.take.before:delay(30)').wrap('outbox', { take: async () => 1 });
    const askedAt = performance.now();
    expect(await take()).toBe(1);
    expect(performance.now() - askedAt).toBeGreaterThan(25);
  });

  test('what leaves nothing behind is not wrapped', async () => {
    const find = async () => undefined;
    const port = { insert: find, write: find, markTried: find, find };
    expect(plan('orders.write.before:throw').wrap('orders', port).find).toBe(find);
  });
});
