// A merchant's server as it may be found on the internet: it keeps what it gets and answers as a test says.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { atEndOfFile } from './ends.ts';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export type Answer = (received: Received, response: ServerResponse) => void;

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** How the next ones are answered; 200 unless a test says otherwise. */
  answer: Answer;
  /** Connections that were made. */
  connections(): number;
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end(`answer ${code}`);
  };

export async function startReceiver(tls?: { readonly cert: Buffer; readonly key: Buffer }): Promise<Receiver> {
  let connections = 0;
  const received: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    const one = await read(request);
    received.push(one);
    receiver.answer(one, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEndOfFile(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const url = `${tls === undefined ? 'http://127.0.0.1' : 'https://shop.test'}:${port}/hooks`;
  const receiver: Receiver = { port, url, received, answer: status(200), connections: () => connections };
  return receiver;
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { url = '', headers } = request;
  return { path: url, headers, body: Buffer.concat(chunks).toString('utf8'), at: performance.now() };
}
