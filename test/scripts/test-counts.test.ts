import { expect, test } from 'vitest';
import { countTests } from '../../scripts/test-counts.ts';

function report(passed: number, failed: number, files: [string, string[]][] = []): string {
  const testResults = files.map(([status, tests]) => ({
    status,
    assertionResults: tests.map((one) => ({ status: one })),
  }));
  return JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });
}

test('counts what passed and what failed', () => {
  const files: [string, string[]][] = [
    ['passed', ['passed', 'passed']],
    ['failed', ['passed', 'failed']],
  ];
  expect(countTests(report(3, 1, files))).toEqual({ passed: 3, failed: 1 });
});

test('a file that breaks before its tests run is a failure, though no test failed', () => {
  expect(countTests(report(5, 0, [['failed', []]]))).toEqual({ passed: 5, failed: 1 });
  expect(countTests(report(5, 0, [['failed', ['passed', 'skipped']]]))).toEqual({ passed: 5, failed: 1 });
});
