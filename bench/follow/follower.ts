// One buyer's screen: a socket that follows one order (graphql-transport-ws), with as little around it as can be.
import { WebSocket } from 'ws';

export interface Follower {
  /** Resolves when the gateway has taken the subscription. */
  follow(orderId: string): Promise<void>;
  close(): void;
}

export interface FollowerWish {
  readonly port: number;
  readonly apiKey: string;
  /** The present state comes first; without it a query behind the subscription tells that this was taken. */
  readonly hasSnapshot: boolean;
  /** Hears of every event after that. */
  readonly onEvent: (event: Readonly<Record<string, unknown>>) => void;
  readonly onFault: (fault: string) => void;
}

const QUERY = 'subscription ($id: ID!) { paymentStatus(orderId: $id) { orderId version type status } }';

export function openFollower({ port, apiKey, hasSnapshot, onEvent, onFault }: FollowerWish): Promise<Follower> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { perMessageDeflate: false });
  const acknowledged = Promise.withResolvers<Follower>();
  const taken = Promise.withResolvers<void>();
  let followed = false;
  let isClosing = false;
  const say = (message: object) => socket.send(JSON.stringify(message));
  const follower: Follower = {
    follow(orderId) {
      say({ type: 'subscribe', id: 's', payload: { query: QUERY, variables: { id: orderId } } });
      if (!hasSnapshot) say({ type: 'subscribe', id: 'q', payload: { query: '{ __typename }' } });
      return taken.promise;
    },
    close() {
      isClosing = true;
      socket.close(1000);
    },
  };
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } }));
  socket.on('error', (error) => onFault(String(error)));
  socket.on('close', (code) => {
    if (isClosing) return;
    onFault(`a socket was closed with ${code}`);
    acknowledged.reject(new Error(`a socket was closed with ${code}`));
  });
  socket.on('message', (data) => {
    const { type, id, payload } = JSON.parse(String(data));
    if (type === 'connection_ack') acknowledged.resolve(follower);
    else if (type === 'ping') say({ type: 'pong' });
    else if (type === 'error' || payload?.errors) onFault(`a subscription answered ${String(data).slice(0, 300)}`);
    else if (type === 'next' && followed) onEvent(payload.data.paymentStatus);
    else if (type === 'next' && (hasSnapshot || id === 'q')) {
      followed = true;
      taken.resolve();
    }
  });
  return acknowledged.promise;
}
