// The pages' one way to the gateway: GraphQL over HTTP by urql, subscriptions by graphql-ws.
import { Client, fetchExchange, makeOperation, mapExchange, type Operation } from '@urql/core';
import { createClient, type Client as Socket } from 'graphql-ws/client';
import { isSignedOut } from './answer.ts';
import { documentIdOf } from './document-id.ts';
import { type ServerClock, serverClock } from './server-clock.ts';

/** A merchant's key, or the token that opens one order. */
export type Credential = { readonly apiKey: string } | { readonly clientToken: string };

export interface Gateway {
  readonly client: Client;
  readonly socket: Socket;
  readonly clock: ServerClock;
}

interface Place {
  /** Origin of the gateway, `http://localhost:4000`. */
  readonly origin: string;
  readonly clock?: ServerClock;
  /** The gateway no longer takes this credential. */
  readonly onSignedOut: () => void;
}

const ANSWER_WITHIN_MS = 15_000;
const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;

export function openGateway(credential: Credential, { origin, clock = serverClock(), onSignedOut }: Place): Gateway {
  const bearer = 'apiKey' in credential ? credential.apiKey : credential.clientToken;
  const client = new Client({
    url: new URL('/graphql', origin).href,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${bearer}` } }),
    fetch: timedFetch(clock),
    exchanges: [
      mapExchange({ onOperation: named, onError: (error) => isSignedOut(error) && onSignedOut() }),
      fetchExchange,
    ],
  });
  return { client, clock, socket: openSocket(credential, origin) };
}

/** Sends the document's name along: a gateway that enforces its manifest looks at nothing else. */
function named(operation: Operation): Operation {
  const extensions = { ...operation.extensions, documentId: documentIdOf(operation.query) };
  return makeOperation(operation.kind, { ...operation, extensions }, operation.context);
}

/** `fetch` with a bound, which also reads the server's clock off every answer. */
export function timedFetch(clock: ServerClock): typeof fetch {
  return async (input, init) => {
    const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const sentAtMs = Date.now();
    const response = await fetch(input, { ...init, signal });
    clock.hear({ sentAtMs, receivedAtMs: Date.now(), date: response.headers.get('date') });
    return response;
  };
}

/** One socket for all subscriptions of a page. It does not retry: the follower knows after which version to go on. */
function openSocket(credential: Credential, origin: string): Socket {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const socket = createClient({
    url: new URL('/graphql', origin).href.replace(/^http/, 'ws'),
    connectionParams: 'apiKey' in credential ? { authorization: `Bearer ${credential.apiKey}` } : { ...credential },
    retryAttempts: 0,
    keepAlive: PING_EVERY_MS,
    on: {
      // A dead Wi-Fi leaves the socket open for minutes: no pong is the only sign.
      ping: (received) => {
        if (!received) silence = setTimeout(() => socket.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
  return socket;
}
