import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { AppSettings } from './app-identity.ts';
import { BadBody } from './control/read-body.ts';
import { controlRoutes } from './control/routes.ts';
import { gatewayRoutes } from './gateway.ts';
import { guardFromWebsites, sendRefusal } from './guard.ts';
import type { MovableClock } from './movable-clock.ts';
import type { Notifier } from './notifier.ts';
import type { Sandbox } from './sandbox.ts';
import { walletRoutes } from './wallet/routes.ts';

const LONGEST_BODY_BYTES = 64 * 1024;

export type ServerNeeds = {
  readonly sandbox: Sandbox;
  readonly clock: MovableClock;
  readonly onClock: (aheadMs: number) => Promise<void>;
  readonly notifier: Notifier;
  readonly host: string;
  /** The gateway as this machine reaches it. */
  readonly gatewayUrl: () => string;
  /** Makes an app more; null: there are too many. */
  readonly addApp: () => Promise<AppSettings | null>;
};

/** The HTTP side: Alipay's gateway open to any caller, the wallet and the control API guarded from websites. */
export function buildServer(needs: ServerNeeds): FastifyInstance {
  const { sandbox, host } = needs;
  const server = Fastify({ bodyLimit: LONGEST_BODY_BYTES, forceCloseConnections: true });
  server.setErrorHandler<FastifyError | BadBody>((error, _request, reply) => {
    if (error instanceof BadBody)
      return sendRefusal(reply, { status: 400, code: 'BAD_REQUEST', message: error.message });
    const status = error.statusCode ?? 500;
    if (status < 500) return sendRefusal(reply, { status, code: error.code, message: error.message });
    process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`);
    return sendRefusal(reply, { status: 500, code: 'INTERNAL', message: 'The sandbox failed; see its log' });
  });
  server.setNotFoundHandler((request, reply) =>
    sendRefusal(reply, { status: 404, code: 'NOT_FOUND', message: `Nothing answers ${request.method} here` }),
  );
  server.register(async (part) => gatewayRoutes(part, sandbox));
  server.register(async (part) => {
    guardFromWebsites(part, { host, publicUrl: sandbox.publicUrl });
    controlRoutes(part, needs);
    walletRoutes(part, sandbox);
  });
  return server;
}
