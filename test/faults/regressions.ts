// Episodes that went wrong once. `npm run chaos` adds to the file; every run of the tests begins with them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Regression {
  readonly seed: number;
  readonly kill?: string;
  /** What was wrong, in the checker's words. */
  readonly said: string;
}

const FILE = join(import.meta.dirname, 'regressions.json');

export function readRegressions(): readonly Regression[] {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

export function keepRegression(regression: Regression): void {
  const known = readRegressions();
  if (known.some(({ seed, kill }) => seed === regression.seed && kill === regression.kill)) return;
  writeFileSync(FILE, `${JSON.stringify([...known, regression], null, 2)}\n`);
}
