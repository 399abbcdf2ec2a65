// The screens of buyers who wait, bare: one WebSocket each, with as much of graphql-transport-ws as the bench's own say.
import { hash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Standing {
  readonly orderId: string;
  readonly version: number;
  /** null: how the order stands, and no event. */
  readonly type: string | null;
  readonly status: string;
}

export interface FollowNeeds {
  /** Of the Authorization that is right. */
  readonly keyHash: Buffer;
  readonly standingOf: (orderId: string) => Promise<Standing | undefined>;
}

/** Returns what tells the one who follows an order of a change to it. */
export function followers(server: Server, { keyHash, standingOf }: FollowNeeds): (change: Standing) => void {
  const sockets = new Map<string, WebSocket>();
  const next = (socket: WebSocket, paymentStatus: Standing | undefined) =>
    socket.send(JSON.stringify({ type: 'next', id: 's', payload: { data: { paymentStatus } } }));

  async function take(socket: WebSocket, { type, payload }: { type: string; payload: Payload }): Promise<void> {
    if (type === 'connection_init') {
      const given = hash('sha256', payload.authorization ?? '', 'buffer');
      return timingSafeEqual(given, keyHash) ? socket.send('{"type":"connection_ack"}') : socket.close(4403);
    }
    const orderId = payload.variables?.id ?? '';
    sockets.set(orderId, socket);
    socket.on('close', () => sockets.delete(orderId));
    next(socket, await standingOf(orderId));
  }

  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    socket.on('message', (data) => {
      take(socket, JSON.parse(String(data))).catch(() => socket.close(1011));
    });
  });
  return (change) => {
    const socket = sockets.get(change.orderId);
    if (socket !== undefined) next(socket, change);
  };
}

interface Payload {
  readonly authorization?: string;
  readonly variables?: { readonly id: string };
}
