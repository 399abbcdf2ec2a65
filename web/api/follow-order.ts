// Follows one order over the WebSocket and outlives every interruption of it.

import { stringifyDocument } from '@urql/core';
import type { FormattedExecutionResult } from 'graphql';
import type { Client as Socket } from 'graphql-ws';
import type { PaymentStatusSubscription } from '../gql/graphql.ts';
import { documentIdOf } from './document-id.ts';
import { paymentStatus } from './documents.ts';
import { isNews, type OrderMoved } from './live-order.ts';
import { retryGapMs } from './retry-gap.ts';

/** How the line to the server stands. `ended`: nothing can happen to the order any more. */
export type Line = 'connecting' | 'live' | 'lost' | 'ended' | 'signed_out' | 'not_found';

export interface Listener {
  /** Every event once, in order. */
  event(event: OrderMoved): void;
  line(line: Line): void;
}

export interface Follow {
  /** Tries again now instead of waiting out the gap: the network is back. */
  wake(): void;
  stop(): void;
}

type Answer = FormattedExecutionResult<PaymentStatusSubscription>;

/** A connection that lasted this long was a good one: the next gap is a short one again. */
const GOOD_MS = 10_000;
/** The server's own code for "not with this credential" on a WebSocket. */
const FORBIDDEN = 4403;
const query = stringifyDocument(paymentStatus);
const extensions = { documentId: documentIdOf(paymentStatus) };
const hopeless: Readonly<Record<string, Line | undefined>> = {
  UNAUTHENTICATED: 'signed_out',
  FORBIDDEN: 'not_found',
  NOT_FOUND: 'not_found',
  ORDER_NOT_FOUND: 'not_found',
  BAD_USER_INPUT: 'not_found',
  GRAPHQL_VALIDATION_FAILED: 'not_found',
};

/**
 * Subscribes to `paymentStatus`. A lost line is taken up again with growing gaps, after the last version heard, so
 * that no event is missed and none is told twice. Stops by itself when the order's life is over or the credential
 * is refused.
 */
export function followOrder(socket: Socket, orderId: string, listener: Listener): Follow {
  let heard: number | undefined;
  let over = false;
  let finished = false;
  let attempt = 0;
  let liveSinceMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};
  const forget = socket.on('connected', () => {
    liveSinceMs = Date.now();
    if (!finished) listener.line('live');
  });

  const finish = (line?: Line) => {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    forget();
    unsubscribe();
    if (line !== undefined) listener.line(line);
  };
  const tryAgain = () => {
    if (finished) return;
    listener.line('lost');
    attempt = liveSinceMs > 0 && Date.now() - liveSinceMs > GOOD_MS ? 0 : attempt + 1;
    liveSinceMs = 0;
    clearTimeout(timer);
    timer = setTimeout(listen, retryGapMs(attempt, Math.random()));
  };
  const fail = (failure: unknown) => {
    const line = lineOf(failure);
    if (line === 'lost') tryAgain();
    else finish(line);
  };
  const hear = ({ data, errors }: Answer) => {
    if (errors !== undefined && errors.length > 0) return fail(errors);
    const event = data?.paymentStatus;
    if (event === undefined || !isNews(heard, event.version)) return;
    heard = event.version;
    over = isOver(event);
    listener.event(event);
  };
  function listen(): void {
    timer = undefined;
    unsubscribe();
    unsubscribe = socket.subscribe<PaymentStatusSubscription>(
      { query, extensions, variables: heard === undefined ? { orderId } : { orderId, after: heard } },
      { next: hear, error: fail, complete: () => (over ? finish('ended') : tryAgain()) },
    );
  }

  listener.line('connecting');
  listen();
  return {
    wake: () => {
      if (timer === undefined || finished) return;
      clearTimeout(timer);
      listen();
    },
    stop: () => finish(),
  };
}

function isOver(event: OrderMoved): boolean {
  return event.status === 'CANCELLED' || event.status === 'REFUNDED' || event.status === 'RETURNED';
}

/** What graphql-ws hands to `error`: the close event of the socket, an Error, or the GraphQL errors. */
function lineOf(failure: unknown): Line {
  if (Array.isArray(failure))
    return (
      failure
        .map(codeOf)
        .map((code) => hopeless[code])
        .find(Boolean) ?? 'lost'
    );
  const closed = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
  return closed === FORBIDDEN ? 'signed_out' : 'lost';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('extensions' in error)) return '';
  const extensions = error.extensions;
  if (typeof extensions !== 'object' || extensions === null || !('code' in extensions)) return '';
  return String(extensions.code);
}
