import { parseArgs } from 'node:util';

export interface Options {
  readonly sockets: number;
  /** Notifications a second while all listen. */
  readonly rate: number;
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
  /** A build of the gateway to measure instead of a fresh one. */
  readonly build: string | undefined;
  /** A folder for heap snapshots of the gateway: without sockets, connected, subscribed. */
  readonly heap: string | undefined;
  /** A folder for a CPU profile of the gateway; figures taken with it do not count. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench:sockets -- [--sockets 1000] [--rate 500] [--json file] [--build folder] [--heap folder] [--profile folder]
`;

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const options = { sockets: text, rate: text, json: text, build: text, heap: text, profile: text };
  const { values } = parseArgs({ args: [...args], options });
  return {
    sockets: whole('--sockets', values.sockets ?? '1000', 12_000),
    rate: whole('--rate', values.rate ?? '500', 5_000),
    json: values.json,
    build: values.build,
    heap: values.heap,
    profile: values.profile,
  };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${name} is ${text}, expected a whole number from 1 to ${most}`);
}
