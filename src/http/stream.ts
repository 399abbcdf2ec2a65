import type { ServerResponse } from 'node:http';
import type { Connection, Holder } from './connections.ts';

/** Bytes that may wait for one client to take them before what it is sent is held back. */
const MOST_BUFFERED_BYTES = 64 * 1024;

interface Head {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

type Body = string | AsyncGenerator<string, void, undefined> | null;

/** One response that stays open, as graphql-sse and the rounds see it. Nothing piles up behind a client that does not read. */
export class Stream implements Connection {
  readonly holder: Holder;
  stalledSince: number | undefined;
  readonly #response: ServerResponse;
  #taken: Promise<void> | undefined;

  constructor(response: ServerResponse, holder: Holder) {
    this.#response = response;
    this.holder = holder;
  }

  /** Undefined while more may be sent; else resolves when the client has taken what it was sent, or is gone. */
  heldBack(): Promise<void> | undefined {
    if (this.#taken !== undefined || this.#response.writableLength <= MOST_BUFFERED_BYTES) return this.#taken;
    this.stalledSince = performance.now();
    this.#taken = new Promise((resolve) => {
      const go = () => {
        this.#response.off('drain', go).off('close', go);
        this.#taken = this.stalledSince = undefined;
        resolve();
      };
      this.#response.on('drain', go).on('close', go);
    });
    return this.#taken;
  }

  async answer({ status, headers }: Head, body: Body): Promise<void> {
    this.#response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' });
    if (body !== null && typeof body !== 'string') await this.#sendAll(body);
    this.#response.end(typeof body === 'string' ? body : undefined);
  }

  async #sendAll(chunks: AsyncGenerator<string, void, undefined>): Promise<void> {
    this.#response.once('close', () => void chunks.return());
    for await (const chunk of chunks) {
      if (this.#response.destroyed) break;
      this.#response.write(chunk);
      await this.heldBack();
    }
  }

  /** graphql-sse writes a comment every 12 s: a side that is gone is told by TCP. */
  isAlive(): boolean {
    return true;
  }

  /** There is no code to say why. A client that comes back is told. */
  end(): void {
    this.#response.destroy();
  }
}
