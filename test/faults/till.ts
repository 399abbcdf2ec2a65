// A till that lives with faults: it asks again at the other gateway until it hears something, and keeps what it heard.
import { setTimeout as pause } from 'node:timers/promises';
import { mutationOf } from '../support/counter.ts';
import type { Door } from '../support/graphql-client.ts';

/** A member of a result union, as it came. */
export interface Heard {
  readonly __typename: string;
  readonly id?: string;
  readonly code?: string;
  readonly status?: string;
  readonly amount?: string;
  readonly merchantOrderNo?: string;
  readonly refundNo?: string;
  readonly outTradeNo?: string;
  readonly qrCode?: { readonly content: string } | null;
  readonly orderString?: string | null;
}

/** An object, or a single value. */
export type Input = Readonly<Record<string, unknown>> | string;

/** One operation of one client. */
export interface Told {
  readonly operation: string;
  readonly input: Input;
  /** What it was answered in the end; undefined: it never heard. */
  readonly heard: Heard | undefined;
  /** How often it had to ask. */
  readonly tries: number;
  /** Unexpected faults that it was shown on the way. */
  readonly faults: readonly string[];
}

export interface Till {
  say(operation: string, input: Input): Promise<Told>;
}

const CREATE = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename
  ... on Order { id merchantOrderNo amount status } ... on ErrorResult { code message } } }`;
const POLICY = `mutation ($input: CasePolicy!) { setCasePolicy(policy: $input) }`;

const PATIENCE_MS = 4_000;
const MOST_TRIES = 6;

/** `doors` are tried in turn, the first one first. What is told goes to `history`. */
export function openTill(doors: readonly Door[], history: Told[]): Till {
  return {
    async say(operation, input) {
      const faults: string[] = [];
      for (let tries = 1; ; tries += 1) {
        const door = doors[(tries - 1) % doors.length];
        const answer = door && (await asked(door, operation, input));
        if (answer?.heard === undefined) faults.push(answer?.fault ?? 'nowhere to ask');
        if (answer?.heard !== undefined || tries === MOST_TRIES) {
          const told = { operation, input, heard: answer?.heard, tries, faults };
          history.push(told);
          return told;
        }
        await pause(40 * tries);
      }
    },
  };
}

interface Answer {
  readonly heard?: Heard;
  readonly fault?: string;
}

async function asked(door: Door, operation: string, input: unknown): Promise<Answer> {
  try {
    const response = await fetch(`${door.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${door.apiKey}` },
      body: JSON.stringify({ query: documentOf(operation), variables: { input } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said: { data?: Record<string, Heard | string> | null; errors?: unknown } = JSON.parse(await response.text());
    const heard = said.data?.[operation];
    if (typeof heard === 'string') return { heard: { __typename: heard } };
    return heard === undefined || heard === null ? { fault: JSON.stringify(said.errors) } : { heard };
  } catch (error) {
    return { fault: String(error) };
  }
}

function documentOf(operation: string): string {
  if (operation === 'createOrder') return CREATE;
  return operation === 'setCasePolicy' ? POLICY : mutationOf(operation);
}
