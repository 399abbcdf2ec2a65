// A downstream that binds a queue to the stream of events in RabbitMQ, and knows repeats by their id.
import { Connection } from 'rabbitmq-client';
import { toTypeId } from '../../../src/ids.ts';
import { until } from '../../support/until.ts';
import { differences, type Observer, type SeenEvent, TOLD_WITHIN_MS } from '../observer.ts';
import type { Site } from '../site.ts';

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly merchantOrderNo: string; readonly version: number; readonly status: string };
}

/** Hears of what is published from now on. */
export async function broker({ merchantId }: Site, amqpUrl: string): Promise<Observer> {
  const seen = new Map<string, SeenEvent & { readonly merchantOrderNo: string }>();
  const connection = new Connection(amqpUrl);
  const consumer = connection.createConsumer(
    {
      queueOptions: { exclusive: true, autoDelete: true },
      exchanges: [{ exchange: 'kassa.events', type: 'topic', durable: true }],
      queueBindings: [{ exchange: 'kassa.events', routingKey: `${toTypeId('mer', merchantId)}.#` }],
    },
    ({ body }) => {
      const { id, type, data }: Told = body;
      const { merchantOrderNo, version, status } = data;
      if (!seen.has(id)) seen.set(id, { id, type, version, status, merchantOrderNo });
    },
  );
  await new Promise<void>((resolve, reject) => consumer.once('ready', resolve).once('error', reject));
  consumer.on('error', () => undefined);
  return {
    name: 'broker',
    watch: () => undefined,
    async faults({ orders }) {
      const missing = () => orders.flatMap(({ events }) => events).filter(({ id }) => !seen.has(id)).length;
      await until(missing, (left) => left === 0, TOLD_WITHIN_MS).catch(() => undefined);
      const heard = (number: string) => [...seen.values()].filter((one) => one.merchantOrderNo === number);
      return orders.flatMap(({ merchantOrderNo, events }) =>
        differences(`broker's queue of ${merchantOrderNo}`, heard(merchantOrderNo), events),
      );
    },
    close: () => void consumer.close().then(() => connection.close()),
  };
}
