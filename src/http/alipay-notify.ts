import type { FastifyError, FastifyInstance } from 'fastify';
import type { ReadNotification } from '../alipay/notification.ts';
import type { Log } from '../log.ts';
import { NOBODY, type RateLimit } from '../merchants/rate-limit.ts';
import type { Notice, NoticeOutcome } from '../orders/hear-notification.ts';
import type { AddressOf } from './client-address.ts';
import type { Metrics } from './metrics.ts';
import { readOut } from './read-out.ts';

/** Alipay's own notifications have some 2 KB. */
const MAX_BODY_BYTES = 64 * 1024;
/** Of messages that nobody signed, one in so many is logged: a flood of them must not fill the disk. */
const SAMPLE = 100;

export interface NotifyNeeds {
  readonly read: (body: Buffer, contentType: string | undefined) => ReadNotification;
  readonly hear: (notice: Notice) => Promise<NoticeOutcome>;
  readonly addressOf: AddressOf;
  /** Those that no app's Alipay key has signed, by address. */
  readonly unsigned: RateLimit;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * The route that Alipay posts to. It answers `success` only after the commit and `failure` otherwise,
 * which makes Alipay send again. Bad input is never a fault of ours. Every one is verified before anything else is asked:
 * what Alipay has signed is heard, however many others come from the same address.
 */
export function alipayNotify(app: FastifyInstance, needs: NotifyNeeds): void {
  const { metrics, log } = needs;
  app.register(async (route) => {
    route.removeAllContentTypeParsers();
    route.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    route.setErrorHandler(async (error: FastifyError, request, reply) => {
      const status = error.statusCode ?? 500;
      metrics.notification(status < 500 ? 'unreadable' : 'fault');
      if (status >= 500) log.error({ reqId: request.id, err: error }, 'a notification could not be applied');
      await readOut(request);
      return reply.code(status).type('text/plain').send('failure');
    });
    route.post('/alipay/notify', async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const message = needs.read(body, request.headers['content-type']);
      reply.type('text/plain');
      if (message.kind === 'verified') return reply.send(await answer(needs, body, message));
      sayRefused(needs, message);
      const from = { merchantId: NOBODY, name: needs.addressOf(request.raw) };
      const waitSeconds = message.kind === 'malformed' ? 0 : needs.unsigned.take(from);
      if (waitSeconds === 0) return reply.send('failure');
      metrics.rateLimited('notification');
      return reply.code(429).header('retry-after', String(waitSeconds)).send('failure');
    });
  });
}

let unsigned = 0;

function sayRefused({ metrics, log }: NotifyNeeds, message: Exclude<ReadNotification, Verified>): void {
  metrics.notification(message.kind);
  const reason = 'reason' in message ? message.reason : 'of an app that is nobody’s here';
  if (message.kind === 'malformed' || unsigned++ % SAMPLE === 0)
    log.warn({ verdict: message.kind, reason, seen: unsigned }, 'notification refused');
}

type Verified = Extract<ReadNotification, { kind: 'verified' }>;

async function answer(needs: NotifyNeeds, body: Buffer, message: Verified): Promise<'success' | 'failure'> {
  const { metrics, log } = needs;
  const { merchantId, accountId, notifyId, fact, keyId } = message;
  const notice = { merchantId, accountId, notifyId, fact, bytes: body, keyId };
  const { verdict, reply, orderId } = await needs.hear(notice);
  metrics.notification(verdict);
  const expected = verdict === 'applied' || verdict === 'stays' || verdict === 'repeated';
  if (!expected)
    log.warn({ verdict, orderId, outTradeNo: fact.outTradeNo, tradeNo: fact.tradeNo }, 'money that does not fit');
  return reply;
}
