import { mapValues, type Pairs } from './letter.ts';

/** Alipay writes `[{"amount":"8.88","fundChannel":"ALIPAYACCOUNT"}]`: no spaces, amounts as text. */
export function* jsonValues(pairs: Pairs): Iterable<Pairs> {
  const names = pairs.filter(({ value }) => parsed(value) !== undefined).map(({ name }) => name);
  const choices = names.length > 1 ? [names, ...names.map((name) => [name])] : names.map((name) => [name]);
  for (const chosen of choices)
    for (const arrange of ARRANGEMENTS)
      for (const quote of [false, true])
        yield mapValues(pairs, (value, name) => (chosen.includes(name) ? rewritten(value, { arrange, quote }) : value));
}

type Entry = readonly [name: string, value: unknown];
type Arrange = (entries: readonly Entry[]) => readonly Entry[];

const byName = ([one]: Entry, [other]: Entry) => (one < other ? -1 : 1);
const ARRANGEMENTS: readonly Arrange[] = [
  (entries) => entries,
  (entries) => entries.toSorted(byName),
  (entries) => entries.toSorted(byName).toReversed(),
];

interface Manner {
  readonly arrange: Arrange;
  /** Numbers become text. */
  readonly quote: boolean;
}

/** Byte strings go through JSON unharmed: it leaves U+0080 to U+00FF alone. */
function rewritten(value: string, manner: Manner): string {
  const json = parsed(value);
  return json === undefined ? value : JSON.stringify(again(json, manner));
}

function again(json: unknown, manner: Manner): unknown {
  if (Array.isArray(json)) return json.map((item) => again(item, manner));
  if (typeof json === 'number' && manner.quote) return json.toFixed(2);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).map(([name, value]): Entry => [name, again(value, manner)]);
  return Object.fromEntries(manner.arrange(entries));
}

function parsed(value: string): object | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
