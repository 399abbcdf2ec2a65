// Posts messages to merchants' servers: one connection each, to a checked address, bounded in time and size.
import { Client, type Dispatcher } from 'undici';
import type { OutboundMessage, Sender, Sent } from '../deliveries/ports.ts';
import { type ConnectNeeds, checkedAddresses, checkedConnector, ForbiddenAddress } from './connect.ts';
import { reasonOf } from './reasons.ts';
import { hostOf, readTarget } from './target.ts';

/** Of an answer this much is read and kept. */
const ANSWER_BYTES = 1_024;
const MAX_HEADER_BYTES = 16_384;

export interface SenderNeeds extends ConnectNeeds {
  /** From the look-up of the name to the last byte that is read. */
  readonly timeoutMs: number;
}

export interface ClosableSender extends Sender {
  /** Abandons what is on its way. */
  close(): void;
}

export function webhookSender(needs: SenderNeeds): ClosableSender {
  const underWay = new Set<AbortController>();
  let closed = false;
  return {
    refusalOf: (url) => refusalOf(url, needs),
    async send(message) {
      const controller = new AbortController();
      underWay.add(controller);
      const sent = closed ? undefined : await attempt(message, needs, controller);
      underWay.delete(controller);
      return closed || sent === undefined ? { kind: 'abandoned' } : sent;
    },
    close() {
      closed = true;
      for (const controller of underWay) controller.abort();
    },
  };
}

/** A name that has no address yet may get one; one that leads inside never may. */
async function refusalOf(text: string, needs: SenderNeeds): Promise<string | undefined> {
  const target = readTarget(text, needs.rules);
  if ('refusal' in target) return target.refusal;
  try {
    await checkedAddresses(hostOf(target.url), needs);
    return undefined;
  } catch (error) {
    return error instanceof ForbiddenAddress ? error.message : undefined;
  }
}

async function attempt(message: OutboundMessage, needs: SenderNeeds, controller: AbortController): Promise<Sent> {
  const startedAt = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedAt);
  const target = readTarget(message.url, needs.rules);
  if ('refusal' in target) return { kind: 'unanswered', reason: `the URL ${target.refusal}`, latencyMs: latencyMs() };
  const client = new Client(target.url.origin, {
    connect: checkedConnector(needs),
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: needs.timeoutMs,
    bodyTimeout: needs.timeoutMs,
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, needs.timeoutMs);
  // A signal of the request's own is heard only once it has a connection.
  controller.signal.addEventListener('abort', () => void client.destroy());
  try {
    const answer = await post(client, target.url, message);
    return { kind: 'answered', ...answer, latencyMs: latencyMs() };
  } catch (error) {
    const reason = late ? `no answer within ${needs.timeoutMs / 1_000} s` : reasonOf(error);
    return { kind: 'unanswered', reason, latencyMs: latencyMs() };
  } finally {
    clearTimeout(timer);
    await client.destroy();
  }
}

async function post(client: Client, { pathname, search }: URL, { headers, body }: OutboundMessage) {
  const response = await client.request({ method: 'POST', path: pathname + search, headers, body });
  const { 'retry-after': retryAfter } = response.headers;
  const answer = await beginningOf(response.body);
  return { statusCode: response.statusCode, answer, retryAfter: firstOf(retryAfter) };
}

function firstOf(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}

/** The status has come: an answer that breaks off or never ends takes nothing away from it. */
async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ANSWER_BYTES) break;
    }
  } catch {
    // What has come is what there is.
  }
  return textOf(Buffer.concat(chunks).subarray(0, ANSWER_BYTES));
}

/** Control characters hide things from whoever reads the log, and PostgreSQL takes no U+0000. */
function textOf(bytes: Buffer): string {
  return new TextDecoder().decode(bytes).replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
