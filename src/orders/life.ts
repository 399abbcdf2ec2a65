/** A life table: a row a state, a cell per fact that may happen there. An absent cell cannot happen. */
export type Life<State extends string, Fact extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Fact, State>>>>
>;

/** Where `fact` leads from `state`: the next state, the same one for "stays", undefined for "refused". */
export function next<State extends string, Fact extends string>(
  life: Life<State, Fact>,
  state: State,
  fact: Fact,
): State | undefined {
  return life[state][fact];
}

/** The states that no path from `start` reaches. A sound table has none; the program checks at start. */
export function unreachable<State extends string, Fact extends string>(
  life: Life<State, Fact>,
  start: State,
): readonly State[] {
  const reached = new Set<string>([start]);
  for (const state of reached) for (const to of Object.values<string>(cells(life)[state] ?? {})) reached.add(to);
  return states(life).filter((state) => !reached.has(state));
}

function states<State extends string, Fact extends string>(life: Life<State, Fact>): State[] {
  return Object.keys(life).filter((key): key is State => key in life);
}

function cells(life: Readonly<Record<string, unknown>>): Record<string, Record<string, string>> {
  return JSON.parse(JSON.stringify(life));
}
