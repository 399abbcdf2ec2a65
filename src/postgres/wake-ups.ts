import { Client } from 'pg';
import { connectionTo } from './connection.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { DEAF_CHANNEL, notifyDeaf, notifyWritten, WAKE_UP_CHANNEL, WRITTEN_CHANNEL } from './statements/take-outbox.ts';

const FIRST_GAP_MS = 50;
const LONGEST_GAP_MS = 2_000;
const KEEP_ALIVE_MS = 10_000;
/** A connection that does not answer for so long is dead, whatever TCP says. */
const ANSWER_TIMEOUT_MS = 5_000;
const END_PATIENCE_MS = 1_000;

export interface WakeUpListener {
  /** Asked for each connection: it may have changed since the last. */
  readonly directUrl: () => string;
  /** Orders, and merchants, that have news in the log and the feed. */
  readonly onNews: (ids: readonly string[]) => void;
  /** Orders that a process without a relay has written: their rows wait in the outbox. */
  readonly onWritten: (orderIds: readonly string[]) => void;
  /** A process can't hear the broker: it needs NOTIFY as well. */
  readonly onDeaf?: () => void;
  /** Wake-ups may have been missed: whoever waits should look for itself. */
  readonly onReconnect: () => void;
  readonly warn?: (message: string) => void;
}

export interface ListeningWakeUps {
  /** True while wake-ups arrive. */
  listening(): boolean;
  close(): Promise<void>;
}

/** Tells every process which orders this one has written, outside their own statements; for one without a relay. */
export async function tellWritten({ pool }: Pick<Database, 'pool'>, orderIds: readonly string[]): Promise<void> {
  await rowsOf(pool, notifyWritten, [orderIds]);
}

/** Tells every process that this one can't hear the broker. */
export async function tellDeaf({ pool }: Pick<Database, 'pool'>): Promise<void> {
  await rowsOf(pool, notifyDeaf, []);
}

/**
 * Hears which orders have news, over one connection of its own that comes back by itself. Resolves once
 * it listens. Needs a direct connection: a pooler hands LISTEN to nobody.
 * @throws when the first connection fails.
 */
export async function listenForWakeUps(listener: WakeUpListener): Promise<ListeningWakeUps> {
  const ear = new Ear(listener);
  await ear.open();
  return { listening: () => ear.listening, close: () => ear.close() };
}

class Ear {
  readonly #listener: WakeUpListener;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #gapMs = FIRST_GAP_MS;
  #closed = false;

  constructor(listener: WakeUpListener) {
    this.#listener = listener;
  }

  get listening(): boolean {
    return this.#client !== undefined;
  }

  async open(): Promise<void> {
    const client = new Client({ ...connectionTo(this.#listener.directUrl()), query_timeout: ANSWER_TIMEOUT_MS });
    const lost = (error?: Error) => this.#lost(client, error);
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', ({ channel, payload }) => this.#heard(channel, payload ? payload.split(',') : []));
    try {
      await client.connect();
      await client.query(`listen ${WAKE_UP_CHANNEL}; listen ${WRITTEN_CHANNEL}; listen ${DEAF_CHANNEL}`);
    } catch (error) {
      endQuietly(client);
      throw error;
    }
    if (this.#closed) return endQuietly(client);
    this.#client = client;
    this.#gapMs = FIRST_GAP_MS;
    this.#keepAlive(client);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await Promise.race([client.end().catch(() => {}), soon()]);
  }

  #heard(channel: string, ids: readonly string[]): void {
    if (channel === WRITTEN_CHANNEL) this.#listener.onWritten(ids);
    else if (channel === DEAF_CHANNEL) this.#listener.onDeaf?.();
    else this.#listener.onNews(ids);
  }

  #keepAlive(client: Client): void {
    this.#timer = setTimeout(async () => {
      try {
        await client.query('select 1');
        if (client === this.#client) this.#keepAlive(client);
      } catch (error) {
        this.#lost(client, error instanceof Error ? error : undefined);
      }
    }, KEEP_ALIVE_MS);
  }

  #lost(client: Client, error?: Error): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#listener.warn?.(`the connection for wake-ups broke: ${error?.message ?? 'it ended'}`);
    endQuietly(client);
    this.#reopenLater();
  }

  /** Gaps grow, and differ between processes, so that a database that comes back is not stormed. */
  #reopenLater(): void {
    clearTimeout(this.#timer);
    const gapMs = this.#gapMs * (0.5 + Math.random());
    this.#gapMs = Math.min(this.#gapMs * 2, LONGEST_GAP_MS);
    this.#timer = setTimeout(() => this.#reopen(), gapMs);
  }

  async #reopen(): Promise<void> {
    try {
      await this.open();
    } catch {
      if (!this.#closed) this.#reopenLater();
      return;
    }
    if (!this.#closed) this.#listener.onReconnect();
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, END_PATIENCE_MS).unref());
}

/** A dead connection never confirms its end; nobody waits for it. */
function endQuietly(client: Client): void {
  client.end().catch(() => {});
}
