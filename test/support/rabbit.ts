// RabbitMQ for tests: the one at TEST_AMQP_URL, or on this machine. Everything declared there goes with the file.
import { randomUUID } from 'node:crypto';
import { type AsyncMessage, Connection } from 'rabbitmq-client';
import { afterAll } from 'vitest';

const DEFAULT_URL = 'amqp://guest:guest@127.0.0.1:5672';
const ANSWER_WITHIN_MS = 5_000;

/** Its address when it answers. Without it the tests that need it say so and rest; with CI set they fail. */
export const rabbitUrl = await answering();

async function answering(): Promise<string | undefined> {
  const url = process.env.TEST_AMQP_URL || DEFAULT_URL;
  const probe = new Connection({ url, retryLow: 60_000, retryHigh: 60_000 });
  const answers = await new Promise<boolean>((resolve) => {
    probe.once('connection', () => resolve(true));
    probe.on('error', () => resolve(false));
    setTimeout(() => resolve(false), ANSWER_WITHIN_MS).unref();
  });
  await probe.close();
  if (answers) return url;
  if (process.env.CI) throw new Error('RabbitMQ does not answer: set TEST_AMQP_URL, or start one on 127.0.0.1:5672');
  process.stdout.write('\n*** RabbitMQ does not answer: its tests do NOT run. Set TEST_AMQP_URL to run them. ***\n\n');
  return undefined;
}

export interface Heard {
  readonly id: string;
  readonly message: AsyncMessage;
}

export interface Rabbit {
  readonly url: string;
  /** The test's own prefix of exchange names. */
  readonly name: string;
  /** Everything that comes to an exchange from now on, in the order of its coming. */
  listen(exchange: string, routingKey: string): Promise<Heard[]>;
  /** Deletes this queue with the rest. */
  forget(queue: string): void;
}

/** A connection to RabbitMQ that tidies up behind the file. */
export function openRabbit(url: string): Rabbit {
  const connection = new Connection(url);
  connection.on('error', () => {});
  const name = `kassa-test-${randomUUID().slice(0, 8)}`;
  const queues: string[] = [];
  const consumers: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const consumer of consumers) await consumer.close();
    for (const queue of queues) await connection.queueDelete({ queue });
    // The program's own exchange goes only when no other run uses it.
    for (const exchange of [`${name}.events`, `${name}.wake`, 'kassa.events', 'kassa.wake'])
      await connection.exchangeDelete({ exchange, ifUnused: true }).catch(() => {});
    await connection.close();
  });
  return {
    url,
    name,
    forget: (queue) => void queues.push(queue),
    async listen(exchange, routingKey) {
      const queue = `${name}-${randomUUID().slice(0, 8)}`;
      queues.push(queue);
      const heard: Heard[] = [];
      const consumer = connection.createConsumer(
        {
          queue,
          queueOptions: { durable: true, arguments: { 'x-queue-type': 'quorum' } },
          exchanges: [{ exchange, type: 'topic', durable: true }],
          queueBindings: [{ exchange, routingKey }],
        },
        (message) => void heard.push({ id: message.messageId ?? '', message }),
      );
      consumer.on('error', () => {});
      consumers.push(consumer);
      await new Promise<void>((resolve) => consumer.once('ready', resolve));
      return heard;
    },
  };
}

/** The first sight of each message, as a consumer that dedupes has it. */
export function firstSights(heard: readonly Heard[]): string[] {
  return [...new Set(heard.map(({ id }) => id))];
}
