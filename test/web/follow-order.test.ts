// The follower against a real WebSocket server that goes away and comes back.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws/client';
import { useServer } from 'graphql-ws/use/ws';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Follow, followOrder, type Line } from '../../web/api/follow-order.ts';

const schema = buildSchema(`
  type Query { none: Int }
  type Subscription { paymentStatus(orderId: ID!, after: Int): Event! }
  type Event { id: ID! version: Int! type: String! status: String! occurredAt: String! order: Order! }
  type Order {
    id: ID! merchantOrderNo: String! subject: String! amount: String! refundedAmount: String! status: String!
    version: Int! createdAt: String! expiresAt: String! paidAt: String payments: [Payment!]!
    refunds: [Refund!]!
  }
  type Payment {
    id: ID! method: String! status: String! amount: String! tradeNo: String createdAt: String! succeededAt: String
    redirectUrl: String callOffAt: String qrCode: Qr failure: Failure
  }
  type Refund {
    id: ID! refundNo: String! amount: String! status: String! createdAt: String! failure: Failure payment: Payment!
  }
  type Qr { content: String! svg: String! expiresAt: String! }
  type Failure { subCode: String message: String! messageZh: String! }
`);

const AT = '2026-03-01T12:00:00.000Z';
const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** An order's events on a server that can be stopped and started on the same port; keeps every `after` it was asked with. */
async function orderServer(open: { allowed: () => boolean; repeats?: boolean }) {
  const asked: (number | undefined)[] = [];
  const statuses = ['PENDING', 'PENDING'];
  let port = 0;
  let running = 0;
  let stop = async () => {};
  async function* paymentStatus({ after }: { after?: number }) {
    asked.push(after);
    const mine = running;
    const from = after === undefined ? statuses.length : open.repeats ? after : after + 1;
    for (let version = from; version <= 50; version += 1) {
      await vi.waitFor(() => expect(mine !== running || statuses.length >= version).toBe(true), 15_000);
      if (mine !== running) return;
      const status = statuses[version - 1];
      yield {
        paymentStatus: {
          id: `evt_${version}`,
          version,
          type: 't',
          status,
          occurredAt: AT,
          order: order(version, status),
        },
      };
      if (status === 'CANCELLED') return;
    }
  }
  async function start() {
    const http = createServer();
    const sockets = new WebSocketServer({ server: http, path: '/graphql' });
    useServer({ schema, roots: { subscription: { paymentStatus } }, onConnect: open.allowed }, sockets);
    port = await listen(http, port);
    stop = async () => {
      running += 1;
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((done) => http.close(done));
    };
  }
  await start();
  ending.push(() => stop());
  return { asked, statuses, start, stop: () => stop(), url: () => `ws://127.0.0.1:${port}/graphql` };
}

function order(version: number, status: string | undefined) {
  const texts = { id: 'ord_1', merchantOrderNo: 'K1', subject: 'tea', amount: '9.99', refundedAmount: '0.00' };
  return { ...texts, status, version, createdAt: AT, expiresAt: AT, paidAt: null, payments: [], refunds: [] };
}

async function listen(http: Server, port: number): Promise<number> {
  await new Promise<void>((done) => http.listen(port, '127.0.0.1', done));
  const address: AddressInfo | string | null = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function follow(url: string) {
  const heard: number[] = [];
  const lines: Line[] = [];
  const socket = createClient({ url, retryAttempts: 0 });
  const following: Follow = followOrder(socket, 'ord_1', {
    event: ({ version }) => heard.push(version),
    line: (line) => lines.push(line),
  });
  ending.push(() => following.stop());
  return { heard, lines, following };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

test('first the present state, then every later event', async () => {
  const server = await orderServer({ allowed: () => true });
  const { heard, lines } = follow(server.url());
  await soon(() => expect(heard).toEqual([2]));
  server.statuses.push('PAID');
  await soon(() => expect(heard).toEqual([2, 3]));
  expect(lines).toEqual(['connecting', 'live']);
});

test.each([false, true])(
  'a restart loses no event and tells none twice (server repeats itself: %s)',
  async (repeats) => {
    const server = await orderServer({ allowed: () => true, repeats });
    const { heard, lines } = follow(server.url());
    await soon(() => expect(heard).toEqual([2]));
    await server.stop();
    await soon(() => expect(lines.at(-1)).toBe('lost'));
    server.statuses.push('PENDING', 'PAID');
    await server.start();
    await soon(() => expect(heard).toEqual([2, 3, 4]));
    expect(server.asked).toEqual([undefined, 2]);
    expect(lines.at(-1)).toBe('live');
  },
);

test('the end of an order’s life ends the following', async () => {
  const server = await orderServer({ allowed: () => true });
  const { heard, lines } = follow(server.url());
  await soon(() => expect(heard).toEqual([2]));
  server.statuses.push('CANCELLED');
  await soon(() => expect(lines.at(-1)).toBe('ended'));
  expect(server.asked).toEqual([undefined]);
});

test('a refused credential is not tried again', async () => {
  const server = await orderServer({ allowed: () => false });
  const { heard, lines } = follow(server.url());
  await soon(() => expect(lines.at(-1)).toBe('signed_out'));
  expect(heard).toEqual([]);
});

test('the network’s return is not waited out', async () => {
  const server = await orderServer({ allowed: () => true });
  const { heard, lines, following } = follow(server.url());
  await soon(() => expect(heard).toEqual([2]));
  await server.stop();
  await soon(() => expect(lines.filter((line) => line === 'lost').length).toBeGreaterThan(2));
  await server.start();
  following.wake();
  await soon(() => expect(lines.at(-1)).toBe('live'));
});
