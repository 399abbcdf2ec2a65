// The frontends: a process of its own that holds one socket an order and notes when a frame arrives. Speaks
// graphql-transport-ws by hand, so that thousands of clients cost little beside the gateway they measure.
import { WebSocket } from 'ws';
import { monotonicMs } from './monotonic.ts';

export type Order =
  | { readonly kind: 'open'; readonly port: number; readonly apiKey: string; readonly count: number }
  | { readonly kind: 'follow'; readonly orderIds: readonly string[] }
  | { readonly kind: 'storm' }
  | { readonly kind: 'frames'; readonly count: number; readonly withinMs: number }
  | { readonly kind: 'leave' };

export interface Done {
  readonly ms: number;
  /** Connections that had to be tried again so far. */
  readonly retries: number;
  readonly fault?: string;
  /** For `frames`: order id and the monotonic clock of this machine in ms. */
  readonly frames?: readonly (readonly [string, number])[];
}

const QUERY = `subscription ($orderId: ID!, $after: Int) {
  paymentStatus(orderId: $orderId, after: $after) { id orderId version type status paymentStatus order { id status } }
}`;
const PATIENCE_MS = 120_000;
const RETRY_MS = 200;

interface Seat {
  socket: WebSocket;
  orderId: string | undefined;
  version: number;
  acknowledged: boolean;
  subscribed: boolean;
}

let door = { port: 0, apiKey: '' };
let seats: Seat[] = [];
const frames: [string, number][] = [];
const faults: string[] = [];
let retries = 0;
let changed: () => void = () => undefined;

process.on('message', async (order: Order) => {
  const startedAt = performance.now();
  const fault = await carryOut(order).catch((error: Error) => error.message);
  const ms = performance.now() - startedAt;
  process.send?.({
    ms,
    ...(fault === undefined ? {} : { fault }),
    retries,
    ...(order.kind === 'frames' ? { frames } : {}),
  });
});

async function carryOut(order: Order): Promise<string | undefined> {
  if (order.kind === 'open') {
    door = order;
    seats = Array.from({ length: order.count }, () => sit(undefined, 0));
    return until(() => seats.every(({ acknowledged }) => acknowledged));
  }
  if (order.kind === 'follow') {
    for (const [index, orderId] of order.orderIds.entries()) {
      const seat = seats[index];
      if (seat === undefined) continue;
      seat.orderId = orderId;
      subscribe(seat);
    }
    return until(() => seats.every(({ subscribed }) => subscribed));
  }
  if (order.kind === 'storm') {
    const before = seats;
    seats = before.map(({ orderId, version }) => sit(orderId, version));
    for (const { socket } of before) socket.terminate();
    return until(() => seats.every(({ subscribed }) => subscribed));
  }
  if (order.kind === 'frames') return until(() => frames.length >= order.count, order.withinMs);
  for (const { socket } of seats) socket.terminate();
  seats = [];
  return undefined;
}

function sit(orderId: string | undefined, version: number): Seat {
  const seat: Seat = { socket: connect(), orderId, version, acknowledged: false, subscribed: false };
  listen(seat);
  return seat;
}

function connect(): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${door.port}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
}

function listen(seat: Seat): void {
  const { socket } = seat;
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${door.apiKey}` } })),
  );
  socket.on('message', (data: Buffer) => hear(seat, data));
  socket.on('error', () => undefined);
  socket.on('close', (code, reason) => {
    if (seat.socket !== socket || !seats.includes(seat)) return;
    if (seat.acknowledged) fail(seat, `closed with ${code} ${reason}`);
    else setTimeout(() => sitAgain(seat), RETRY_MS * (0.5 + Math.random()));
  });
}

/** A server whose queue of connections is full resets some: they come again, as any client does. */
function sitAgain(seat: Seat): void {
  retries += 1;
  seat.socket = connect();
  listen(seat);
}

function fail(seat: Seat, message: string): void {
  if (!seats.includes(seat)) return;
  faults.push(message);
  changed();
}

function hear(seat: Seat, data: Buffer): void {
  const at = monotonicMs();
  const text = data.toString('latin1');
  if (text.includes('"connection_ack"')) {
    seat.acknowledged = true;
    if (seat.orderId !== undefined) subscribe(seat);
  } else if (text.includes('"next"')) {
    const version = Number(/"version":(\d+)/.exec(text)?.[1]);
    if (seat.subscribed) frames.push([seat.orderId ?? '', at]);
    seat.subscribed = true;
    seat.version = version;
  } else if (!text.includes('"ping"')) fail(seat, text.slice(0, 300));
  changed();
}

function subscribe({ socket, orderId, version }: Seat): void {
  // A version back, so that the answer is one frame, as it would be for a client that missed something.
  const variables = version === 0 ? { orderId } : { orderId, after: version - 1 };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables } }));
}

/** Looks again at most once a tick: each of thousands of frames asks. */
async function until(isSo: () => boolean, withinMs = PATIENCE_MS): Promise<string | undefined> {
  const deadline = performance.now() + withinMs;
  faults.length = 0;
  for (;;) {
    if (isSo()) return undefined;
    if (faults[0] !== undefined) return faults[0];
    if (performance.now() > deadline) return `not so within ${withinMs} ms`;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 250);
      changed = () => {
        changed = () => undefined;
        clearTimeout(timer);
        setTimeout(resolve, 5);
      };
    });
  }
}

process.on('disconnect', () => process.exit(0));
