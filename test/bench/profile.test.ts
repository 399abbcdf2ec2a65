// What a CPU profile is made to say: who a sample belongs to, and where the work begins and ends.
import { expect, test } from 'vitest';
import { type CallFrame, innermost, type Profile, sharesOf } from '../../bench/profile/profile.ts';

const frame = (functionName: string): CallFrame => ({ functionName, url: '', lineNumber: 0 });

/** root → start; root → idle; root → serve → query → write; root → serve → log. */
const tree: Profile['nodes'] = [
  { id: 1, callFrame: frame('(root)'), children: [2, 3, 4] },
  { id: 2, callFrame: frame('start') },
  { id: 3, callFrame: frame('(idle)') },
  { id: 4, callFrame: frame('serve'), children: [5, 7] },
  { id: 5, callFrame: frame('query'), children: [6] },
  { id: 6, callFrame: frame('write') },
  { id: 7, callFrame: frame('log') },
];
const partOf = ({ functionName }: CallFrame) => ['serve', 'query'].find((name) => name === functionName);

test('a call belongs to the innermost part that it is made for', () => {
  const parts = innermost({ nodes: tree, samples: [], timeDeltas: [] }, partOf);
  expect([...parts]).toEqual([
    [4, 'serve'],
    [5, 'query'],
    [6, 'query'],
    [7, 'serve'],
  ]);
});

test('shares are of the work, from its first sample to its last, without what was idle', () => {
  const profile: Profile = {
    nodes: tree,
    samples: [2, 4, 3, 2, 6, 6, 2],
    timeDeltas: [900, 100, 800, 100, 150, 50, 900],
  };
  const { cpuSeconds, of } = sharesOf(
    profile,
    innermost(profile, partOf),
    (part) => part === 'serve' || part === 'query',
  );
  expect(cpuSeconds).toBeCloseTo(400e-6);
  expect(Object.fromEntries(of)).toEqual({ serve: 0.25, undefined: 0.25, query: 0.5 });
});

test('a profile in which nobody worked is refused', () => {
  expect(() => sharesOf({ nodes: tree, samples: [2, 3], timeDeltas: [1, 1] }, new Map())).toThrow(/without the work/);
});
