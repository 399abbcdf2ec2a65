// A gateway on a real socket that says what a test wants said, signed or not.
import { type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { alipay } from './keys.ts';

export interface Asked {
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly bizContent: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly remotePort: number | undefined;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export interface FakeGateway {
  readonly url: string;
  readonly asked: Asked[];
  answer: Answer;
  close(): Promise<void>;
}

export async function fakeGateway(): Promise<FakeGateway> {
  const server = createServer(async (request, response) => {
    const asked = await readRequest(request);
    gateway.asked.push(asked);
    gateway.answer(asked, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gateway: FakeGateway = {
    url: `http://127.0.0.1:${port}/gateway.do`,
    asked: [],
    answer: (_, response) => response.end(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return gateway;
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  return {
    query: new URL(request.url ?? '', 'http://x').searchParams,
    form,
    bizContent: JSON.parse(form.get('biz_content') ?? '{}'),
    headers: request.headers,
    url: request.url ?? '',
    remotePort: request.socket.remotePort,
  };
}

export const PRECREATE = 'alipay_trade_precreate_response';
export const QUERY = 'alipay_trade_query_response';
export const PAY = 'alipay_trade_pay_response';
export const CLOSE = 'alipay_trade_close_response';
export const CANCEL = 'alipay_trade_cancel_response';
export const REFUND = 'alipay_trade_refund_response';
export const REFUND_QUERY = 'alipay_trade_fastpay_refund_query_response';

/** An answer's text with the node exactly as given. */
export function signedText(node: string, json: string, key: KeyObject = alipay.privateKey): string {
  const signature = sign('sha256', Buffer.from(json), key).toString('base64');
  return `{"${node}":${json},"sign":"${signature}"}`;
}

export function signedAnswer(node: string, fields: object): string {
  return signedText(node, JSON.stringify(fields).replaceAll('/', '\\/'));
}

export function says(text: string | Buffer): Answer {
  return (_, response) => response.writeHead(200, { 'content-type': 'text/html;charset=utf-8' }).end(text);
}

/** Says it after a while. */
export function saysLate(text: string, afterMs: number): Answer {
  return (asked, response) => setTimeout(() => says(text)(asked, response), afterMs);
}

/** Hears, and never says anything. */
export const silence: Answer = () => {};
