// The till and Alipay of the run: orders made at full speed, notifications posted at a fixed rate whatever the answers do.

import type { Keys } from '../keys.ts';
import { type Connection, openConnection, postBytes } from '../load/connection.ts';
import { noticeSigner } from '../load/notices.ts';
import { monotonicMs } from './monotonic.ts';

const CONNECTIONS = 32;
const AMOUNT = '9.90';
const CREATE = `mutation ($n: String!) { createOrder(input: { merchantOrderNo: $n, amount: "${AMOUNT}", subject: "Tea", expiresInMinutes: 120 }) {
  ... on Order { id } ... on ErrorResult { code message } } }`;

export interface Door {
  readonly port: number;
  readonly apiKey: string;
}

export interface Sale {
  readonly id: string;
  readonly merchantOrderNo: string;
}

export async function makeOrders({ port, apiKey }: Door, count: number): Promise<Sale[]> {
  const sales: Sale[] = [];
  let made = 0;
  await overConnections(port, async (connection) => {
    while (made < count) {
      const merchantOrderNo = `S${made++}`;
      const body = JSON.stringify({ query: CREATE, variables: { n: merchantOrderNo } });
      const authorization = `Bearer ${apiKey}`;
      const answer = await connection.send(
        postBytes({ path: '/graphql', type: 'application/json', body, authorization }),
      );
      const id = JSON.parse(answer.body).data?.createOrder?.id;
      if (typeof id !== 'string') throw new Error(`createOrder answered ${answer.body}`);
      sales.push({ id, merchantOrderNo });
    }
  });
  return sales;
}

/** When a notification was due, and when it was answered, after its commit: the monotonic clock in ms. */
export interface Posted {
  readonly orderId: string;
  readonly dueAt: number;
  readonly answeredAt: number;
}

export async function postNotices(
  { port }: Door,
  keys: Keys,
  { sales, rate }: { sales: readonly Sale[]; rate: number },
): Promise<Posted[]> {
  const sign = noticeSigner(keys);
  const notices = await Promise.all(
    sales.map(async ({ id, merchantOrderNo }) => ({ id, body: await sign({ merchantOrderNo, amount: AMOUNT }) })),
  );
  const posted: Posted[] = [];
  const startsAt = monotonicMs() + 100;
  let next = 0;
  await overConnections(port, async (connection) => {
    for (let index = next++; index < notices.length; index = next++) {
      const notice = notices[index];
      if (notice === undefined) return;
      const dueAt = startsAt + (index * 1_000) / rate;
      while (monotonicMs() < dueAt)
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - monotonicMs())));
      const type = 'application/x-www-form-urlencoded; charset=utf-8';
      const { body } = await connection.send(postBytes({ path: '/alipay/notify', type, body: notice.body }));
      if (body !== 'success') throw new Error(`a notification was answered ${body}`);
      posted.push({ orderId: notice.id, dueAt, answeredAt: monotonicMs() });
    }
  });
  return posted;
}

async function overConnections(port: number, work: (connection: Connection) => Promise<void>): Promise<void> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)));
  await Promise.all(connections.map(work));
  for (const connection of connections) connection.close();
}
