// A consumer of Kassa's events (docs/broker.md). It acts on each event once, and acknowledges it when it has acted.
//
//   AMQP_URL=amqp://… QUEUE=fulfilment BINDING='*.payment.succeeded' node examples/consumer.ts
//
// The queue outlives the consumer: what happens while it is away waits there.
import { Connection } from 'rabbitmq-client';

interface KassaEvent {
  /** `evt_…`, the same however often the event arrives. */
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly orderId: string; readonly version: number; readonly status: string };
}

/** Ids of which the effect is known to have happened; the oldest are forgotten. */
const REMEMBERED = 100_000;
const done = new Set<string>();

const { AMQP_URL, QUEUE = 'kassa-example', BINDING = '#' } = process.env;

/**
 * What you do with an event. Memory ends with the process: an effect that must never happen twice keeps the id beside itself,
 * in one transaction: `insert into seen_events (id) values ($1) on conflict do nothing`, and the effect only when that
 * inserted a row.
 */
async function act({ id, type, data }: KassaEvent): Promise<void> {
  process.stdout.write(`${JSON.stringify({ id, type, orderId: data.orderId, version: data.version })}\n`);
}

function remember(id: string): void {
  done.add(id);
  const [oldest] = done;
  if (done.size > REMEMBERED && oldest !== undefined) done.delete(oldest);
}

const rabbit = new Connection(AMQP_URL);
rabbit.on('error', (error) => process.stderr.write(`RabbitMQ: ${error.message}\n`));

const consumer = rabbit.createConsumer(
  {
    queue: QUEUE,
    // Replicated, on disk, and never full by rejecting: a rejected event is sent again, after those behind it.
    queueOptions: { durable: true, arguments: { 'x-queue-type': 'quorum' } },
    exchanges: [{ exchange: 'kassa.events', type: 'topic', durable: true }],
    queueBindings: [{ exchange: 'kassa.events', routingKey: BINDING }],
    // One at a time: an order's events have an order.
    concurrency: 1,
    qos: { prefetchCount: 100 },
    // An event whose effect failed comes again.
    requeue: true,
  },
  async ({ messageId = '', body }) => {
    if (done.has(messageId)) return;
    await act(body);
    remember(messageId);
  },
);
consumer.on('error', (error) => process.stderr.write(`an event is tried again: ${error.message}\n`));

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, async () => {
    await consumer.close();
    await rabbit.close();
  });
