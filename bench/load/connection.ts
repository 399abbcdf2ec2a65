// One keep-alive HTTP/1.1 connection with one request in flight. The servers share two cores with whoever measures them:
// a whole HTTP client would cost as much as the fastest answer, and hide how fast it was.
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Connection {
  /** @throws Error when the connection breaks, the answer is no HTTP with a content-length, or takes over 10 s. */
  send(request: Buffer): Promise<Answer>;
  /** The server closes one that nobody used for a while. */
  isOpen(): boolean;
  close(): void;
}

const ANSWER_TIMEOUT_MS = 10_000;

export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return connectionOn(socket);
}

function connectionOn(socket: Socket): Connection {
  let waiting: PromiseWithResolvers<Answer> | undefined;
  let received: Buffer | undefined;

  function fail(error: Error): void {
    waiting?.reject(error);
    waiting = undefined;
    socket.destroy();
  }

  socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
    if (waiting !== undefined) fail(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`));
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk) => {
    received = received === undefined ? chunk : Buffer.concat([received, chunk]);
    try {
      const answer = readAnswer(received);
      if (answer === undefined) return;
      received = undefined;
      waiting?.resolve(answer);
      waiting = undefined;
    } catch (error) {
      fail(error instanceof Error ? error : new Error('unreadable answer'));
    }
  });
  return {
    send(request) {
      waiting = Promise.withResolvers();
      if (socket.destroyed) waiting.reject(new Error('the connection is closed'));
      else socket.write(request);
      return waiting.promise;
    },
    isOpen: () => !socket.destroyed,
    close: () => socket.destroy(),
  };
}

const HEAD_END = '\r\n\r\n';

/** Undefined until all of it is there. */
function readAnswer(received: Buffer): Answer | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 ') || length === undefined) throw new Error(`not an answer: ${head.slice(0, 200)}`);
  const start = headEnd + HEAD_END.length;
  const end = start + Number(length);
  if (received.length < end) return undefined;
  if (received.length > end) throw new Error('more than one answer');
  return { status: Number(head.slice(9, 12)), body: received.toString('utf8', start, end) };
}

export interface Post {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly authorization?: string | undefined;
}

/** The bytes of a POST, made before the clock runs. */
export function postBytes({ path, type, body, authorization }: Post): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...(authorization === undefined ? [] : [`authorization: ${authorization}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}${HEAD_END}${body}`);
}
