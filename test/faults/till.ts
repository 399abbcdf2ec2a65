// A till that lives with faults: it asks again at the other gateway until it hears something, and keeps what it heard.
import { setTimeout as pause } from 'node:timers/promises';
import { MUTATIONS } from '../support/counter.ts';
import { graphql } from '../support/gql/gql.ts';
import type {
  CasePolicy,
  CollectedPaymentFragment,
  CreateAtTillMutation,
  MovedSaleFragment,
  RefundedFragment,
  ResolvedFragment,
} from '../support/gql/graphql.ts';
import type { Door } from '../support/graphql-client.ts';
import type { SentWith } from '../support/operation.ts';

const OPERATIONS = {
  ...MUTATIONS,
  createOrder: graphql(`
    mutation CreateAtTill($input: CreateOrderInput!) {
      createOrder(input: $input) {
        __typename ... on Order { id merchantOrderNo amount status } ... on ErrorResult { code message }
      }
    }
  `),
  setCasePolicy: graphql(`mutation SetPolicyAtTill($input: CasePolicy!) { setCasePolicy(policy: $input) }`),
};

type Name = keyof typeof OPERATIONS;

/** A member of a result union, as it came; a single value in its place. */
export type Heard =
  | CreateAtTillMutation['createOrder']
  | CollectedPaymentFragment
  | MovedSaleFragment
  | RefundedFragment
  | ResolvedFragment
  | { readonly __typename: CasePolicy };

/** One operation of one client. */
export interface Told {
  readonly operation: Name;
  readonly input: unknown;
  /** What it was answered in the end; undefined: it never heard. */
  readonly heard: Heard | undefined;
  /** How often it had to ask. */
  readonly tries: number;
  /** Unexpected faults that it was shown on the way. */
  readonly faults: readonly string[];
}

export interface Till {
  say<Asked extends Name>(operation: Asked, input: SentWith<(typeof OPERATIONS)[Asked]>['input']): Promise<Told>;
}

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

async function asked(door: Door, operation: Name, input: unknown): Promise<Answer> {
  try {
    const response = await fetch(`${door.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${door.apiKey}` },
      body: JSON.stringify({ query: OPERATIONS[operation], variables: { input } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said: Said = JSON.parse(await response.text());
    const heard = said.data?.[operation];
    if (typeof heard === 'string') return { heard: { __typename: heard } };
    return heard === undefined || heard === null ? { fault: JSON.stringify(said.errors) } : { heard };
  } catch (error) {
    return { fault: String(error) };
  }
}

interface Said {
  readonly data?: { readonly [Asked in Name]?: Heard | CasePolicy | null } | null;
  readonly errors?: unknown;
}
