import { parseArgs } from 'node:util';

export interface Options {
  readonly rounds: number;
  /** Length of one timed run. */
  readonly seconds: number;
  /** Length of one run of the round that is thrown away. */
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
  /** A build of the gateway to measure instead of a fresh one. */
  readonly build: string | undefined;
  /** A folder for a CPU profile of the gateway; figures taken with it do not count. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench -- [--rounds 5] [--seconds 3] [--warm-up 2] [--connections 32] [--json file] [--build folder] [--profile folder]
The database is the embedded one, made for this run and removed after it, or BENCH_DATABASE_URL (a role that may create
databases).
`;

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ rounds: text, seconds: text, 'warm-up': text, connections: text },
      ...{ json: text, build: text, profile: text },
    },
  });
  return {
    rounds: within('--rounds', values.rounds ?? '5', { least: 1, most: 100, whole: true }),
    seconds: within('--seconds', values.seconds ?? '3', { least: 0.2, most: 600 }),
    warmUpSeconds: within('--warm-up', values['warm-up'] ?? '2', { least: 0.2, most: 600 }),
    connections: within('--connections', values.connections ?? '32', { least: 1, most: 1_000, whole: true }),
    json: values.json,
    build: values.build,
    profile: values.profile,
  };
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

function within(name: string, text: string, { least, most, whole = false }: Range): number {
  const value = Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Error(`${name} is ${text}, expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
}
