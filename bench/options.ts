import { parseArgs } from 'node:util';
import { type ContenderName, contenderNames } from './contenders.ts';
import { type WorkloadName, workloadNames } from './load/workloads.ts';

/**
 * `match`: how much fits, all against all. `open`: how late answers are at a given rate. `burst`: ten times the rate for
 * five seconds. `sockets`: subscriptions, each to its own order. `start`: how soon it is ready. `soak`: a mixed day for a
 * long time.
 */
export const partNames = ['match', 'open', 'burst', 'sockets', 'start', 'soak'] as const;
export type PartName = (typeof partNames)[number];

export interface Options {
  readonly parts: readonly PartName[];
  readonly contenders: readonly ContenderName[];
  readonly workloads: readonly WorkloadName[];
  readonly rounds: number;
  /** Length of one timed run. */
  readonly seconds: number;
  /** Length of one run of the round that is thrown away. */
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Of what a closed loop reaches: the rate of the open one. */
  readonly load: number;
  readonly sockets: readonly number[];
  /** Notifications a second to the orders that the sockets follow: each rate has its own run. */
  readonly notices: readonly number[];
  readonly soakSeconds: number;
  /** Orders that the database of `grown` holds before. */
  readonly preload: number;
  /** Fails when a ratio falls under its floor. */
  readonly check: boolean;
  /** Writes the figures into docs/performance.md, with its chart. */
  readonly page: boolean;
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
  /** A build of the gateway to measure instead of a fresh one. */
  readonly build: string | undefined;
  /** A folder for a CPU profile of the gateway; figures taken with it do not count. */
  readonly profile: string | undefined;
  /** RATE_LIMIT of the gateway; 0: off, or it would answer for it. */
  readonly rateLimit: number;
}

export const USAGE = `npm run bench -- [match] [open] [burst] [sockets] [start] [soak] [--all] [--page] [--check] [--json file]
  [--only createOrder,…] [--contenders gateway,limit,tutorial] [--rounds 5] [--seconds 3] [--warm-up 2] [--connections 32]
  [--load 0.5] [--sockets 1000,5000,10000] [--notices 1000] [--soak-seconds 600] [--preload 10000000]
  [--build folder] [--profile folder] [--rate-limit 0]
Workloads: ${workloadNames.join(', ')}.
The database is the embedded one, made for this run and removed after it, or BENCH_DATABASE_URL (a role that may create
databases).
`;

const MIXED: readonly WorkloadName[] = ['mixed'];
/** What --check plays: what has a floor. */
const CHECKED: readonly WorkloadName[] = ['createOrder', 'sell', 'notification', 'order'];

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ rounds: text, seconds: text, 'warm-up': text, connections: text, load: text, sockets: text, notices: text },
      ...{ 'soak-seconds': text, preload: text, only: text, contenders: text, json: text, build: text, profile: text },
      'rate-limit': text,
      ...{ all: flag, check: flag, page: flag },
    },
  });
  const { check, page, all } = values;
  const preload = number('--preload', values.preload ?? '0', { least: 0, most: 1e9, whole: true });
  const usual: readonly ContenderName[] = preload > 0 ? ['gateway', 'grown'] : ['gateway', 'limit', 'tutorial'];
  const workloads = check ? CHECKED : workloadNames.filter((name) => !MIXED.includes(name));
  return {
    parts: all
      ? partNames
      : positionals.length === 0
        ? ['match']
        : positionals.map((one) => oneOf('part', one, partNames)),
    contenders: list('--contenders', values.contenders, contenderNames) ?? usual,
    workloads: list('--only', values.only, workloadNames) ?? workloads,
    rounds: number('--rounds', values.rounds ?? (check ? '3' : '5'), { least: 1, most: 100, whole: true }),
    seconds: number('--seconds', values.seconds ?? (check ? '0.7' : '3'), { least: 0.2, most: 600 }),
    warmUpSeconds: number('--warm-up', values['warm-up'] ?? (check ? '1' : '2'), { least: 0.2, most: 600 }),
    connections: number('--connections', values.connections ?? '32', { least: 1, most: 500, whole: true }),
    load: number('--load', values.load ?? '0.5', { least: 0.01, most: 1 }),
    sockets: numbers('--sockets', values.sockets ?? '1000,5000,10000', { least: 1, most: 50_000, whole: true }),
    notices: numbers('--notices', values.notices ?? '1000', { least: 1, most: 10_000 }),
    soakSeconds: number('--soak-seconds', values['soak-seconds'] ?? '600', { least: 5, most: 86_400 }),
    ...{ preload, check, page, json: values.json, build: values.build, profile: values.profile },
    rateLimit: number('--rate-limit', values['rate-limit'] ?? '0', { least: 0, most: 999_999, whole: true }),
  };
}

function list<Name extends string>(
  option: string,
  text: string | undefined,
  names: readonly Name[],
): readonly Name[] | undefined {
  const asked = text?.split(',').map((one) => oneOf(option, one, names));
  return asked && names.filter((name) => asked.includes(name));
}

function oneOf<Name extends string>(what: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Error(`${what} is ${text}, expected one of ${names.join(', ')}`);
  return found;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

function numbers(name: string, text: string, range: Range): readonly number[] {
  return text.split(',').map((one) => number(name, one, range));
}

function number(name: string, text: string, { least, most, whole = false }: Range): number {
  const value = Number(text);
  if (text !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Error(`${name} is ${text}, expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
}
