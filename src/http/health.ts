import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

export interface HealthNeeds {
  /** Why the gateway should get no traffic now; undefined when it is ready. */
  readonly notReady: () => Promise<string | undefined>;
  readonly metrics: Metrics;
}

/** For load balancers and Prometheus. */
export function health(app: FastifyInstance, { notReady, metrics }: HealthNeeds): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await notReady();
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
