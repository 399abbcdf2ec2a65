// A request of a workload, and how its answer is read and checked.
import type { Done } from '../books/done.ts';
import type { Keys } from '../keys.ts';
import { type Answer, postBytes } from './connection.ts';
import { type Dialect, fieldsOf, type Question } from './dialects.ts';

export interface Request {
  readonly bytes: Buffer;
  /** What its right answer stands for in the books. */
  readonly does: readonly (keyof Done)[];
  /** Takes note of an answer and says what is wrong with it; undefined when nothing is. */
  accept(answer: Answer): string | undefined;
}

/** Requests one by one, made as late as possible but for the signed ones; undefined when there are no more. */
export type Requests = () => Request | undefined;

/** An order as its contender last told of it. */
export interface Sale {
  readonly id: string;
  readonly merchantOrderNo: string;
  readonly amount: string;
  readonly hasCode: boolean;
  status: 'PENDING' | 'PAID' | 'REFUNDED';
  version: number;
}

export interface Till {
  readonly dialect: Dialect;
  readonly keys: Keys;
  /** The orders of this round. */
  sales: Sale[];
  /** Makes the numbers of this contender unique. */
  made: number;
}

export type Thing = Readonly<Record<string, unknown>>;

export function ask({ keys }: Till, { path, body }: Question): Buffer {
  const authorization = `Bearer ${keys.apiKey}`;
  return postBytes({ path, type: 'application/json', body: JSON.stringify(body), authorization });
}

export function thingsIn({ dialect }: Till, answer: Answer): Thing[] {
  const things = answer.status === 200 ? dialect.thingsIn(JSON.parse(answer.body)) : [];
  return things.map((thing) => fieldsOf(thing ?? { fault: shown(answer) }));
}

export function thingIn(till: Till, answer: Answer): Thing {
  return thingsIn(till, answer)[0] ?? { fault: shown(answer) };
}

/** The fields that must be as expected, and those that must be there. */
export function faultIn(thing: Thing, expected: Thing, present: readonly string[]): string | undefined {
  if (thing.fault !== undefined) return `no answer: ${thing.fault}`;
  const wrong = Object.entries(expected).find(([name, value]) => thing[name] !== value);
  if (wrong !== undefined) return `${wrong[0]} is ${JSON.stringify(thing[wrong[0]])}, expected ${wrong[1]}`;
  const missing = present.find((name) => typeof thing[name] !== 'string' || thing[name] === '');
  return missing === undefined ? undefined : `${missing} is missing: ${JSON.stringify(thing)}`;
}

export function shown({ status, body }: Answer): string {
  return `${status} ${body.slice(0, 300)}`;
}
