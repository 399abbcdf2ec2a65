// Connections that stay open, over WebSocket and over server-sent events: how many a credential may hold, and which.
import type { Caller } from '../merchants/caller.ts';

/** A merchant's servers and tills share a key; a client token is one buyer's. */
const MOST_CONNECTIONS = { merchant: 10_000, terminal: 100, client: 100 } as const;
const MOST_OPERATIONS = { merchant: 20_000, terminal: 200, client: 200 } as const;

/** What one credential holds at the moment. */
export interface Holder {
  readonly credential: string;
  readonly kind: Caller['kind'];
  connections: number;
  operations: number;
}

/** Why a connection ends that its client did not end. */
export type Ending = 'revoked' | 'slow' | 'dead';

export interface Connection {
  readonly holder: Holder;
  /** Since when it has not taken what it was sent (`performance.now()`); undefined while it keeps up. */
  readonly stalledSince: number | undefined;
  /** Asks the other side for a sign of life; false when it gave none since the last time. */
  isAlive(): boolean;
  end(why: Ending): void;
}

export class Connections {
  /** Each with its number. */
  readonly #open = new Map<Connection, number>();
  readonly #holders = new Map<string, Holder>();
  #entered = 0;

  get size(): number {
    return this.#open.size;
  }

  /** One that stays its own as long as it is open; undefined when it is not. */
  numberOf(connection: Connection): number | undefined {
    return this.#open.get(connection);
  }

  all(): Connection[] {
    return [...this.#open.keys()];
  }

  /** Takes one of the connections that a credential may hold; undefined when it holds them all. */
  take(credential: string, { kind }: Pick<Caller, 'kind'>): Holder | undefined {
    const holder = this.#holders.get(credential) ?? { credential, kind, connections: 0, operations: 0 };
    if (holder.connections >= MOST_CONNECTIONS[kind]) return undefined;
    holder.connections += 1;
    this.#holders.set(credential, holder);
    return holder;
  }

  enter(connection: Connection): void {
    this.#open.set(connection, this.#entered);
    this.#entered += 1;
  }

  /** Gives its place back, and those of so many operations; a second time it does nothing. */
  leave(connection: Connection, operations: number): void {
    if (!this.#open.delete(connection)) return;
    const { holder } = connection;
    holder.operations -= operations;
    holder.connections -= 1;
    if (holder.connections === 0) this.#holders.delete(holder.credential);
  }
}

/** Why no further operation may start under a credential; undefined when one may, which is then counted. */
export function takeOperation(holder: Holder): string | undefined {
  const most = MOST_OPERATIONS[holder.kind];
  if (holder.operations >= most) return `At most ${most} operations at a time with one credential`;
  holder.operations += 1;
  return undefined;
}

export function tooManyConnections({ kind }: Pick<Caller, 'kind'>): string {
  return `At most ${MOST_CONNECTIONS[kind]} connections with one credential`;
}
