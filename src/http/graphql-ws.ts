import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type ExecutionArgs, execute, GraphQLError, subscribe } from 'graphql';
import {
  type ConnectionInitMessage,
  handleProtocols,
  makeServer,
  type Server,
  type Context as SocketContext,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { errorMask } from '../graphql/faults.ts';
import { bearer } from '../merchants/authenticate.ts';
import { tooManyText } from '../merchants/limits.ts';
import { takeOperation, tooManyConnections } from './connections.ts';
import { type Asked, counted, masked, type OperationNeeds, readyOperation } from './operation.ts';
import { Peer } from './peer.ts';
import { suspended, tooManyRequests } from './refusals.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_SUBSCRIPTIONS = 100;
const INIT_TIMEOUT_MS = 5_000;
/** How long the other side may take to agree to a close before it is cut. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Close code: come again later. */
const TRY_AGAIN = 1013;

const OPTIONS = {
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_MESSAGE_BYTES,
  closeTimeout: CLOSE_TIMEOUT_MS,
  handleProtocols: (protocols: Set<string>) => handleProtocols(protocols),
};

type Socket = SocketContext<ConnectionInitMessage['payload'], Peer>;

export interface GraphQLSockets {
  /** Ends every socket with 1001 and waits for the other sides to agree. */
  close(): Promise<void>;
  /** Cuts those that don't. */
  terminate(): void;
}

/** GraphQL over WebSocket (graphql-transport-ws) on /graphql. */
export function graphqlWs(app: FastifyInstance, needs: OperationNeeds): GraphQLSockets {
  const server = protocolServer(needs);
  const peers = new Set<Peer>();
  const onFault = (error: unknown) => needs.log.error({ err: error }, 'unexpected fault on a socket');
  let closing: (() => void) | undefined;
  const sockets = new WebSocketServer(OPTIONS);
  const forget = (peer: Peer) => {
    needs.connections.leave(peer, peer.operations);
    peer.operations = 0;
    peers.delete(peer);
    if (peers.size === 0) closing?.();
  };
  const opened = (ws: WebSocket, request: IncomingMessage) => {
    const peer = new Peer(ws, needs.addressOf(request), onFault);
    peers.add(peer);
    const closed = server.opened(peer, peer);
    ws.once('close', (code, reason) => {
      forget(peer);
      closed(code, String(reason)).catch(onFault);
    });
  };
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] !== '/graphql' || closing !== undefined)
      return refuse(socket, closing === undefined);
    sockets.handleUpgrade(request, socket, head, opened);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        closing = resolve;
        for (const peer of peers) peer.close(1001, 'Going away');
        if (peers.size === 0) resolve();
      }),
    terminate: () => {
      for (const peer of peers) peer.terminate();
    },
  };
}

function protocolServer(needs: OperationNeeds): Server<Peer> {
  const mask = errorMask(needs);
  return makeServer<ConnectionInitMessage['payload'], Peer>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    execute: (args) => counted(needs, args, execute),
    subscribe: (args) => counted(needs, args, subscribe),
    onConnect: (socket) => admit(needs, socket),
    onSubscribe: (socket, _id, payload) => prepare(needs, socket, payload),
    onNext: (_socket, _id, _payload, _args, result) => masked(result, mask),
    onError: (_socket, _id, _payload, errors) => errors.map((error) => mask(error)),
    onComplete: ({ extra: peer }) => giveOperationBack(peer),
  });
}

function refuse(socket: Duplex, unknown: boolean): void {
  // Node takes its own listener away before it hands the socket over: a reset would end the process.
  socket.on('error', () => socket.destroy());
  const status = unknown ? '404 Not Found' : '503 Service Unavailable';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}

/**
 * No valid credential closes the socket with 4403. When we can't tell because the database is away or too many have tried from
 * there, and when the credential holds all the connections it may, 1013 asks the client to come again; to it 4500 would be
 * the end.
 */
async function admit({ door, connections, log }: OperationNeeds, socket: Socket): Promise<boolean> {
  const { authorization, clientToken } = socket.connectionParams ?? {};
  const { extra: peer } = socket;
  const credential = typeof clientToken === 'string' ? clientToken : bearer(authorization);
  try {
    const admitted = await door.admit(credential, peer.address);
    if (admitted.kind === 'too_many') peer.close(TRY_AGAIN, tooManyText(admitted));
    if (admitted.kind !== 'caller' || credential === undefined || !peer.isOpen) return false;
    const holder = connections.take(credential, admitted.caller);
    if (holder === undefined) {
      peer.close(TRY_AGAIN, tooManyConnections(admitted.caller));
      return false;
    }
    peer.holder = holder;
    connections.enter(peer);
    return true;
  } catch (error) {
    log.error({ err: error }, 'a socket could not be authenticated');
    peer.close(TRY_AGAIN, 'Try again later');
    return false;
  }
}

/** Each operation asks again who the credential belongs to: a revoked key must not live as long as its socket. */
async function prepare(
  needs: OperationNeeds,
  { extra: peer, subscriptions }: Socket,
  asked: Asked,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  // Before anything is awaited: a moment later the operations behind this one have been counted too.
  if (Object.keys(subscriptions).length > MAX_SUBSCRIPTIONS)
    return [new GraphQLError(`At most ${MAX_SUBSCRIPTIONS} operations at a time on one connection`)];
  const asking = await needs.door.ask(peer.holder.credential, peer.address);
  if (asking.kind === 'too_many') return [tooManyRequests(asking)];
  if (asking.kind === 'suspended') {
    peer.end('revoked');
    return [suspended()];
  }
  if (asking.kind === 'stranger' || !peer.isOpen) {
    peer.end('revoked');
    return [new GraphQLError('The credential is not valid any more', { extensions: { code: 'UNAUTHENTICATED' } })];
  }
  const ready = readyOperation(needs, asking.caller, asked);
  if (!('document' in ready)) return ready;
  const refusal = takeOperation(peer.holder);
  if (refusal !== undefined) return [new GraphQLError(refusal)];
  peer.operations += 1;
  return ready;
}

function giveOperationBack(peer: Peer): void {
  // Those of a socket that is gone have been given back with it.
  if (peer.operations === 0) return;
  peer.operations -= 1;
  peer.holder.operations -= 1;
}
