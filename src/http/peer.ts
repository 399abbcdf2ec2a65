import { CloseCode } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Connection, Ending, Holder } from './connections.ts';

/** Bytes that may wait for one socket to take them before what it is sent is held back. */
const MOST_BUFFERED_BYTES = 64 * 1024;

/** Operations wait for each other, so that only answers to what a socket says can grow past this: it is read no more. */
const MOST_UNTAKEN_BYTES = 256 * 1024;

/** Reads too slowly: the client comes back and resumes with `after`. In the range that is every protocol's own. */
const TOO_SLOW = 4420;

const NOBODY: Holder = { credential: '', kind: 'client', connections: 0, operations: 0 };

function ignore(): void {}

/**
 * One WebSocket, as graphql-ws and the rounds see it. Nothing piles up behind one that does not read: an operation gives
 * its next event only when the last one has been taken, and past a limit what it says is left unread too, so that it
 * can't make us answer into the void.
 */
export class Peer implements Connection {
  holder = NOBODY;
  /** Where it comes from, as it is counted. */
  readonly address: string;
  /** How many of its operations have been counted. */
  operations = 0;
  stalledSince: number | undefined;
  readonly #socket: WebSocket;
  readonly #onFault: (error: unknown) => void;
  #alive = true;
  #held = 0;
  #closed: Promise<void> | undefined;

  constructor(socket: WebSocket, address: string, onFault: (error: unknown) => void) {
    this.#socket = socket;
    this.address = address;
    this.#onFault = onFault;
    socket.on('pong', () => this.#hear());
    // What broke is told by the close that follows.
    socket.on('error', ignore);
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(data: string): Promise<void> | undefined {
    if (!this.isOpen) return this.#gone();
    if (this.#socket.bufferedAmount > MOST_BUFFERED_BYTES) return this.#sendHeldBack(data);
    this.#socket.send(data);
    return undefined;
  }

  close(code?: number, reason?: string): void {
    // Paused, it would never hear that the other side agrees.
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  onMessage(listen: (data: string) => Promise<void>): void {
    this.#socket.on('message', (data) => {
      this.#hear();
      if (this.isOpen) listen(String(data)).catch((error) => this.#fail(error));
    });
  }

  isAlive(): boolean {
    if (!this.#alive) return false;
    this.#alive = false;
    this.#socket.ping();
    return true;
  }

  end(why: Ending): void {
    if (why === 'dead') this.terminate();
    else if (why === 'slow') this.close(TOO_SLOW, 'Reads too slowly: come back with after');
    else this.close(CloseCode.Forbidden, 'The credential is not valid any more');
  }

  #fail(error: unknown): void {
    this.#onFault(error);
    this.close(CloseCode.InternalServerError, 'Internal server error');
  }

  #hear(): void {
    this.#alive = true;
  }

  /** Resolves when the socket has taken it, or is gone. */
  #sendHeldBack(data: string): Promise<void> {
    this.#held += 1;
    this.stalledSince ??= performance.now();
    if (this.#socket.bufferedAmount > MOST_UNTAKEN_BYTES) this.#socket.pause();
    return new Promise((resolve) => {
      this.#socket.send(data, () => {
        this.#held -= 1;
        this.#taken();
        resolve();
      });
    });
  }

  /** On its way out it takes nothing more: who sends waits until it is gone, and is ended with it. */
  #gone(): Promise<void> | undefined {
    if (this.#socket.readyState === WebSocket.CLOSED) return undefined;
    this.#closed ??= new Promise((resolve) => this.#socket.once('close', () => resolve()));
    return this.#closed;
  }

  /** Any step counts: who reads slowly, but reads, gets everything. */
  #taken(): void {
    this.stalledSince = this.#held === 0 ? undefined : performance.now();
    if (this.#held > 0 && this.#socket.bufferedAmount > MOST_UNTAKEN_BYTES) return;
    this.#socket.resume();
    this.#hear();
  }
}
