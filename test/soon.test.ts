import { expect, test } from 'vitest';
import { soon } from '../src/soon.ts';

test('a step that is done is answered, one that fails is told, one that hangs is named', async () => {
  expect(await soon('a step', Promise.resolve(1), 20)).toBe(1);
  await expect(soon('a step', Promise.reject(new Error('no')), 20)).rejects.toThrow('no');
  await expect(soon('the door', new Promise(() => {}), 20)).rejects.toThrow(
    'the start hangs: the door was not done within 0.02 s',
  );
});
