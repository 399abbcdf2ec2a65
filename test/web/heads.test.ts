import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const page = (name: string) => readFileSync(join(import.meta.dirname, '../../web', `${name}.html`), 'utf8');

test.each(['pay', 'return'])('%s.html differs from pos.html in its script alone', (name) => {
  expect(page(name).replace(`./${name}/main.tsx`, './pos/main.tsx')).toBe(page('pos'));
});
