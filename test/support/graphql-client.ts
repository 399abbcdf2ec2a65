// GraphQL over HTTP and WebSocket as a stranger's client speaks it, typed by the schema.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Needed, Operation, Told } from './operation.ts';

/** Whom to ask, and as whom. */
export interface Door {
  readonly url: string;
  readonly wsUrl: string;
  readonly apiKey: string;
}

export interface Fault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly faultId?: string; readonly operationId?: string };
}

export interface Answer<Data> {
  readonly status: number;
  readonly data?: Data | null;
  readonly errors?: readonly Fault[];
}

export type Variables = Readonly<Record<string, unknown>>;

/** Asks over HTTP with the door's API key, or whatever else is in its place. */
export async function ask<Data, Sent>(
  door: Pick<Door, 'url' | 'apiKey'>,
  operation: Operation<Data, Sent>,
  ...[variables]: Needed<Sent>
): Promise<Answer<Told<Data>>> {
  return post(door, { query: operation, variables });
}

/** Asks what no type may vouch for: wrong on purpose, or put together as the test runs. Without a key for nobody. */
export async function askRaw<Data = Variables>(
  door: Pick<Door, 'url'> & Partial<Door>,
  query: string,
  variables: Variables = {},
): Promise<Answer<Data>> {
  return post(door, { query, variables });
}

async function post<Data>({ url, apiKey }: Pick<Door, 'url'> & Partial<Door>, body: object): Promise<Answer<Data>> {
  const authorization: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
  const said: Omit<Answer<Data>, 'status'> = JSON.parse(await response.text());
  return { ...said, status: response.status };
}

/** The data of an answer that must be without errors. */
export async function dataOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, errors } = await asked;
  if (data === undefined || data === null || errors !== undefined)
    throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`);
  return data;
}

/** How a subscription ended. */
export type End =
  | { readonly kind: 'completed' }
  | { readonly kind: 'refused'; readonly errors: readonly Fault[] }
  | { readonly kind: 'closed'; readonly code: number }
  /** Nobody was there. */
  | { readonly kind: 'unreachable' };

/** One operation on a socket of its own. */
export interface Feed<Data> {
  readonly answers: Answer<Data>[];
  readonly ended: Promise<End>;
  stop(): void;
}

/** What opens the socket; the door's API key unless given. */
interface Opened {
  readonly connectionParams?: Variables;
}

export interface Asked extends Opened {
  readonly query: string;
  readonly variables?: Variables;
}

type Listener = Pick<Door, 'wsUrl' | 'apiKey'>;

/** Runs an operation over a WebSocket. It never reconnects: what a client does then is the test's to say. */
export function openFeed<Data, Sent extends Variables>(
  door: Listener,
  operation: Operation<Data, Sent>,
  { variables, ...opened }: { readonly variables: Sent } & Opened,
): Feed<Data> {
  return openRawFeed<Data>(door, { query: operation.toString(), variables, ...opened });
}

/** The same for what no type may vouch for. */
export function openRawFeed<Data = Variables>(
  { wsUrl, apiKey }: Listener,
  { query, variables = {}, connectionParams = { authorization: `Bearer ${apiKey}` } }: Asked,
): Feed<Data> {
  const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
  const answers: Answer<Data>[] = [];
  const ended = new Promise<End>((resolve) => {
    client.subscribe<Data>(
      { query, variables },
      {
        next: (answer) => answers.push(JSON.parse(JSON.stringify(answer))),
        complete: () => resolve({ kind: 'completed' }),
        error: (error) => resolve(endOf(error)),
      },
    );
  });
  return { answers, ended, stop: () => void client.dispose() };
}

function endOf(error: unknown): End {
  if (Array.isArray(error)) return { kind: 'refused', errors: JSON.parse(JSON.stringify(error)) };
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number')
    return { kind: 'closed', code: error.code };
  // What `ws` makes of a connection that never came about.
  if (typeof error === 'object' && error !== null && 'type' in error && error.type === 'error')
    return { kind: 'unreachable' };
  throw error;
}
