import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type AppSettings, appSettings, pkcs1, pkcs8 } from '../app-identity.ts';
import { faultWanted, MOST_FAULTS } from '../faults.ts';
import { sendRefusal } from '../guard.ts';
import type { MovableClock } from '../movable-clock.ts';
import type { Notifier } from '../notifier.ts';
import { MOST_OTHERS } from '../other-apps.ts';
import type { Sandbox } from '../sandbox.ts';
import { settingsChange } from '../settings.ts';
import { actRoutes } from './acts.ts';
import { appPayRoutes } from './app-pay.ts';
import { clockRoutes } from './clock.ts';
import { purseRoutes } from './purse.ts';
import { readBody } from './read-body.ts';
import { orderView, tradeView } from './trade-view.ts';

export type ControlNeeds = {
  readonly sandbox: Sandbox;
  readonly clock: MovableClock;
  readonly onClock: (aheadMs: number) => Promise<void>;
  readonly notifier: Notifier;
  readonly gatewayUrl: () => string;
  /** Makes an app more; null: there are too many. */
  readonly addApp: () => Promise<AppSettings | null>;
};

/** The control API: everything a test or a person may do to this Alipay. */
export function controlRoutes(server: FastifyInstance, needs: ControlNeeds): void {
  const { sandbox, notifier } = needs;
  appRoutes(server, needs);
  actRoutes(server, sandbox);
  purseRoutes(server, sandbox);
  appPayRoutes(server, sandbox);
  clockRoutes(server, needs);
  ledgerRoutes(server, sandbox);
  faultRoutes(server, sandbox, notifier);
  settingsRoutes(server, sandbox, notifier);
  notificationRoutes(server, notifier);
}

const appQuery = z.strictObject({ key: z.enum(['pkcs8', 'pkcs1']).default('pkcs8') });

function appRoutes(server: FastifyInstance, { sandbox: { app }, gatewayUrl, addApp }: ControlNeeds): void {
  server.get('/_sandbox/app', async (request) => {
    const { key } = readBody(appQuery, request.query);
    return appSettings(app, gatewayUrl(), key === 'pkcs1' ? pkcs1 : pkcs8);
  });
  server.post('/_sandbox/apps', async (_request, reply) => {
    const added = await addApp();
    if (added !== null) return added;
    return sendRefusal(reply, {
      status: 409,
      code: 'TOO_MANY_APPS',
      message: `At most ${MOST_OTHERS} besides the first`,
    });
  });
}

const MOST_LISTED = 10_000;
const ledgerQuery = z.strictObject({
  outTradeNo: z.string().max(64).optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(MOST_LISTED),
});

function ledgerRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  const { books } = sandbox;
  server.get('/_sandbox/trades', async (request) => {
    const found = pageOf(books.trades, readBody(ledgerQuery, request.query));
    return { total: found.total, trades: found.page.map((trade) => tradeView(sandbox, trade)) };
  });
  server.get('/_sandbox/orders', async (request) => {
    const found = pageOf(books.orders, readBody(ledgerQuery, request.query));
    return { total: found.total, orders: found.page.map((order) => orderView(sandbox, order)) };
  });
}

function pageOf<T>(all: ReadonlyMap<string, T>, wanted: z.infer<typeof ledgerQuery>): { total: number; page: T[] } {
  if (wanted.outTradeNo === undefined)
    return { total: all.size, page: [...all.values()].slice(wanted.offset, wanted.offset + wanted.limit) };
  const one = all.get(wanted.outTradeNo);
  return { total: one === undefined ? 0 : 1, page: one === undefined ? [] : [one] };
}

function faultRoutes(server: FastifyInstance, { faults }: Sandbox, notifier: Notifier): void {
  let lastId = 0;
  const list = () => ({ faults: faults.map(({ id, wanted, left }) => ({ id, left, ...wanted })) });
  server.get('/_sandbox/faults', async () => list());
  server.post('/_sandbox/faults', async (request, reply) => {
    const wanted = readBody(faultWanted, request.body);
    if (faults.length >= MOST_FAULTS)
      return sendRefusal(reply, { status: 409, code: 'TOO_MANY_FAULTS', message: `At most ${MOST_FAULTS} at once` });
    lastId += 1;
    faults.push({ id: lastId, wanted, left: wanted.count });
    return list();
  });
  server.delete('/_sandbox/faults', async () => {
    faults.length = 0;
    return { ...list(), released: await notifier.release() };
  });
}

function settingsRoutes(server: FastifyInstance, sandbox: Sandbox, notifier: Notifier): void {
  server.get('/_sandbox/settings', async () => sandbox.settings);
  server.post('/_sandbox/settings', async (request) => {
    Object.assign(sandbox.settings, readBody(settingsChange, request.body));
    notifier.reschedule();
    return sandbox.settings;
  });
}

const resendBody = z.strictObject({ notifyId: z.string().min(1).max(128) });

function notificationRoutes(server: FastifyInstance, notifier: Notifier): void {
  server.post('/_sandbox/notifications/release', async () => ({ released: await notifier.release() }));
  server.post('/_sandbox/notifications/resend', async (request, reply) => {
    const { notifyId } = readBody(resendBody, request.body);
    if (await notifier.resend(notifyId)) return { resent: notifyId };
    return sendRefusal(reply, { status: 404, code: 'UNKNOWN_NOTICE', message: 'No notification has this notifyId' });
  });
}
