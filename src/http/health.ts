import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

export interface HealthNeeds {
  /** Why the gateway should get no traffic now; undefined when it is ready. */
  readonly notReady: () => Promise<string | undefined>;
  /** What does not work though payments go on; nothing when all is well. */
  readonly degraded: () => readonly string[];
  readonly metrics: Metrics;
}

/** For load balancers and Prometheus. */
export function health(app: FastifyInstance, { notReady, degraded, metrics }: HealthNeeds): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await notReady();
    if (reason !== undefined) return reply.code(503).send({ status: 'not ready', reason });
    const amiss = degraded();
    return { status: 'ready', ...(amiss.length > 0 && { degraded: amiss }) };
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
