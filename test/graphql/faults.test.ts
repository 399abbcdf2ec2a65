import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { maskFault } from '../../src/graphql/faults.ts';

function masked(error: unknown) {
  const lines: object[] = [];
  const shown = maskFault(error, { error: (fields) => lines.push(fields) });
  return { shown, lines };
}

describe('an error on purpose', () => {
  test('passes as it is, and is not logged', () => {
    const { shown, lines } = masked(
      new GraphQLError('first must be from 1', { extensions: { code: 'BAD_USER_INPUT' } }),
    );
    expect(shown).toMatchObject({ message: 'first must be from 1', extensions: { code: 'BAD_USER_INPUT' } });
    expect(lines).toEqual([]);
  });
});

describe('a fault', () => {
  const fault = new Error('password "hunter2" refused by db:5432');
  test.each([
    ['as it was thrown', fault],
    ['as execution wraps it', new GraphQLError(fault.message, { originalError: fault, path: ['order'] })],
    ['wrapped twice', new GraphQLError('x', { originalError: new GraphQLError('y', { originalError: fault }) })],
    ['that is no error', 'hunter2'],
  ])('%s is shown as an id and logged whole under it', (_, error) => {
    const { shown, lines } = masked(error);
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    expect(shown.message).toBe(`Unexpected fault ${shown.extensions?.faultId}`);
    expect(shown.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(lines).toMatchObject([
      { faultId: shown.extensions?.faultId, err: typeof error === 'string' ? error : fault },
    ]);
  });

  test('keeps its path', () => {
    expect(masked(new GraphQLError('x', { originalError: fault, path: ['order', 'payments'] })).shown.path).toEqual([
      'order',
      'payments',
    ]);
  });
});
