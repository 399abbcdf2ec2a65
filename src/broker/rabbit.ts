// The only home of rabbitmq-client: the stream of events, confirmed, and hints from process to process, not confirmed.
import type { TcpSocketConnectOpts } from 'node:net';
import { Connection } from 'rabbitmq-client';
import type { BrokerMessage } from '../deliveries/broker-message.ts';
import { reasonOf } from '../finding.ts';

export interface BrokerOptions {
  readonly url: string;
  /** The exchanges are `<name>.events` and `<name>.wake`. Default `kassa`, which docs/broker.md promises. */
  readonly name?: string;
  readonly warn: (message: string) => void;
}

/**
 * What a hint tells of: orders and merchants that have news, or orders whose rows wait in the outbox. `look`: hints may have been
 * lost, whoever waits should look for itself, and no id matters.
 */
const HINTS = ['news', 'written', 'look'] as const;
export type Hint = (typeof HINTS)[number];

export interface BrokerEars {
  readonly onHint: (hint: Hint, ids: readonly string[]) => void;
  /** Hints come from now on; before that some may have been missed. */
  readonly onHearing: () => void;
  readonly onDeaf: () => void;
}

export interface Broker {
  /** Why it takes nothing now; undefined while it does. */
  fault(): string | undefined;
  /** Calls back whenever it takes messages again. */
  onReady(act: () => void): void;
  /** Resolves when the broker has confirmed all of them. @throws when it has not; it may have some all the same. */
  publish(messages: readonly BrokerMessage[]): Promise<void>;
  /** Tells every process that hears this broker, without any promise. */
  tell(hint: Hint, ids: readonly string[]): void;
  /** From now on hears what every process tells, this one included. */
  hear(ears: BrokerEars): void;
  /** True while what others tell arrives. */
  isHearing(): boolean;
  /** Ends soon, whatever the broker does; what is not confirmed by then fails. */
  close(): Promise<void>;
}

const HEARTBEAT_SECONDS = 5;
const FIRST_GAP_MS = 200;
const LONGEST_GAP_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 500;
/** Hints that wait for a process too busy to take them; of more the oldest go. */
const MAX_HINTS = 1_000;
const IDS_A_HINT = 1_000;

/** Connects in the background, now and after every loss, in gaps that grow and differ between processes. */
export function connectBroker({ url, name = 'kassa', warn }: BrokerOptions): Broker {
  const connection = new Connection({
    url,
    connectionName: 'kassa',
    noDelay: true,
    heartbeat: HEARTBEAT_SECONDS,
    retryLow: FIRST_GAP_MS,
    retryHigh: LONGEST_GAP_MS,
    acquireTimeout: ANSWER_WITHIN_MS,
    connectionTimeout: ANSWER_WITHIN_MS,
    socket: readingAnything(url),
  });
  const wake = { exchange: `${name}.wake`, type: 'fanout', durable: false };
  const events = { exchange: `${name}.events`, type: 'topic', durable: true };
  const stream = connection.createPublisher({ confirm: true, exchanges: [events] });
  const hints = connection.createPublisher({ exchanges: [wake] });
  let blocked = false;
  let hearing = false;
  let onDeaf = () => {};
  let closing: Promise<void> | undefined;
  const ends = [() => stream.close(), () => hints.close()];

  function deafen(error: unknown): void {
    if (closing !== undefined) return;
    warn(`no connection to RabbitMQ: ${reasonOf(error)}`);
    blocked = false;
    if (!hearing) return;
    hearing = false;
    onDeaf();
  }
  connection.on('error', deafen);
  connection.on('connection.blocked', () => {
    blocked = true;
    warn('RabbitMQ takes nothing now: it is short of memory or disk');
  });
  connection.on('connection.unblocked', () => {
    blocked = false;
  });

  return {
    fault() {
      if (blocked) return 'RabbitMQ is short of memory or disk';
      return connection.ready ? undefined : 'RabbitMQ does not answer';
    },

    onReady(act) {
      connection.on('connection', act);
      connection.on('connection.unblocked', act);
    },

    async publish(messages) {
      const sent = await Promise.allSettled(
        messages.map((message) => stream.send({ ...envelope(message), exchange: events.exchange }, bytes(message))),
      );
      const lost = sent.find(({ status }) => status === 'rejected');
      if (lost?.status === 'rejected') throw lost.reason;
    },

    tell(hint, ids) {
      if (!connection.ready) return;
      for (let from = 0; from < ids.length; from += IDS_A_HINT) {
        const some = ids.slice(from, from + IDS_A_HINT).join(',');
        hints.send({ exchange: wake.exchange, routingKey: '', type: hint }, some).catch(() => {});
      }
    },

    hear(ears) {
      onDeaf = ears.onDeaf;
      const ear = connection.createConsumer(
        {
          queueOptions: { exclusive: true, autoDelete: true, arguments: { 'x-max-length': MAX_HINTS } },
          exchanges: [wake],
          queueBindings: [{ exchange: wake.exchange, routingKey: '' }],
          noAck: true,
        },
        ({ type, body }) => {
          const hint = HINTS.find((known) => known === type);
          if (typeof body === 'string' && hint !== undefined) ears.onHint(hint, body.split(','));
        },
      );
      ear.on('ready', () => {
        hearing = true;
        ears.onHearing();
      });
      ear.on('error', deafen);
      ends.push(() => ear.close());
    },

    isHearing: () => hearing && connection.ready,

    close() {
      closing ??= connection.ready ? inOrder(connection, ends) : Promise.resolve();
      return closing.finally(() => connection.unsafeDestroy());
    },
  };
}

/**
 * Whoever answers and is no RabbitMQ (an HTTP port, say) seems to announce a frame of up to 4 GiB. A stream refuses to wait for more
 * than 1 GiB unless it may hold as much, by an exception that the client leaves to nobody: so it may, until the time to answer is over.
 */
function readingAnything(url: string): TcpSocketConnectOpts {
  const isTls = new URL(url).protocol === 'amqps:';
  return { [isTls ? 'highWaterMark' : 'readableHighWaterMark']: 2 ** 32 } as unknown as TcpSocketConnectOpts;
}

/** A broker that has stopped answering is not waited for. */
async function inOrder(connection: Connection, ends: readonly (() => Promise<void>)[]): Promise<void> {
  const ended = Promise.allSettled(ends.map((end) => end())).then(() => connection.close());
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())]).catch(() => {});
}

/** The timestamp of AMQP has whole seconds; the body has the milliseconds. */
function envelope({ id, type, routingKey, occurredAt }: BrokerMessage) {
  return {
    routingKey,
    messageId: id,
    type,
    timestamp: Math.floor(occurredAt.getTime() / 1_000),
    contentType: 'application/json',
    appId: 'kassa',
    durable: true,
    mandatory: false,
  };
}

function bytes({ body }: BrokerMessage): Buffer {
  return Buffer.from(body);
}
