import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitKind } from '../merchants/limits.ts';

export interface Figures {
  /** Connections of the database pool, and callers that wait for one. */
  pool(): { readonly open: number; readonly idle: number; readonly waiting: number };
  subscribers(): number;
  /** WebSockets and event streams that are signed in. */
  connections(): number;
  ordersByStatus(): Promise<Readonly<Partial<Record<string, number>>>>;
  /** Open cases: what is at risk. */
  openMoney(): Promise<readonly OpenMoney[]>;
  /** RabbitMQ, when there is one. */
  readonly broker?: BrokerFigures | undefined;
  /** Webhooks that are owed, and the age of the oldest in milliseconds. */
  webhooksOwed(): Promise<{ readonly pending: number; readonly oldestMs: number }>;
}

export interface BrokerFigures {
  isConnected(): boolean;
  /** What has not been published yet, and how long the oldest of it has waited. */
  backlog(): Promise<{ readonly events: number; readonly oldestMs: number }>;
}

export interface OpenMoney {
  readonly kind: string;
  readonly age: string;
  readonly fen: bigint;
  readonly cases: number;
}

/** Every figure that /metrics shows. Labels come from code, never from input. */
export class Metrics {
  readonly registry = new Registry();
  readonly #operations = new Counter({
    name: 'kassa_graphql_operations_total',
    help: 'GraphQL operations by root field and outcome',
    labelNames: ['operation', 'outcome'],
    registers: [this.registry],
  });
  readonly #durations = new Histogram({
    name: 'kassa_graphql_operation_seconds',
    help: 'Time from a parsed request to its answer',
    labelNames: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly #notifications = new Counter({
    name: 'kassa_notifications_total',
    help: 'Notifications from Alipay by verdict',
    labelNames: ['verdict'],
    registers: [this.registry],
  });
  readonly #calls = new Histogram({
    name: 'kassa_alipay_call_seconds',
    help: 'Calls to Alipay by method and outcome',
    labelNames: ['method', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly #checks = new Counter({
    name: 'kassa_checks_total',
    help: 'Orders looked at by themselves, by what was done',
    labelNames: ['task'],
    registers: [this.registry],
  });

  readonly #published = new Counter({
    name: 'kassa_broker_published_total',
    help: 'Events that RabbitMQ has confirmed to this process',
    registers: [this.registry],
  });
  readonly #ended = new Counter({
    name: 'kassa_connections_ended_total',
    help: 'WebSockets and event streams ended by us: credential revoked, reads too slowly, dead',
    labelNames: ['why'],
    registers: [this.registry],
  });

  readonly #limited = new Counter({
    name: 'kassa_rate_limited_total',
    help: 'Requests that were told to wait, by limit: credential, merchant, address, notification',
    labelNames: ['limit'],
    registers: [this.registry],
  });

  readonly #webhooks = new Counter({
    name: 'kassa_webhook_attempts_total',
    help: 'Attempts to deliver a webhook by what became of it',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  readonly #webhooksDisabled = new Counter({
    name: 'kassa_webhook_endpoints_disabled_total',
    help: 'Webhook endpoints that were disabled by themselves, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  constructor(figures: Figures) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauges(figures);
  }

  operation(name: string, outcome: 'ok' | 'error', ms: number): void {
    this.#operations.inc({ operation: name, outcome });
    this.#durations.observe({ operation: name }, ms / 1_000);
  }

  notification(verdict: string): void {
    this.#notifications.inc({ verdict });
  }

  alipayCall({ method, outcome, ms }: { method: string; outcome: string; ms: number }): void {
    this.#calls.observe({ method, outcome }, ms / 1_000);
  }

  check(task: string): void {
    this.#checks.inc({ task });
  }

  published(events: number): void {
    this.#published.inc(events);
  }

  #brokerGauges(broker: BrokerFigures): void {
    new Gauge({
      name: 'kassa_broker_connected',
      help: '1 while RabbitMQ takes messages',
      registers: [this.registry],
      collect() {
        this.set(broker.isConnected() ? 1 : 0);
      },
    });
    new Gauge({
      name: 'kassa_broker_backlog_seconds',
      help: 'How long the oldest event has waited for RabbitMQ, over all processes',
      registers: [this.registry],
      async collect() {
        const backlog = await broker.backlog().catch(() => undefined);
        if (backlog !== undefined) this.set(backlog.oldestMs / 1_000);
      },
    });
    new Gauge({
      name: 'kassa_broker_backlog_events',
      help: 'Events that wait for RabbitMQ, over all processes',
      registers: [this.registry],
      async collect() {
        const backlog = await broker.backlog().catch(() => undefined);
        if (backlog !== undefined) this.set(backlog.events);
      },
    });
  }

  connectionEnded(why: string): void {
    this.#ended.inc({ why });
  }

  rateLimited(limit: LimitKind): void {
    this.#limited.inc({ limit });
  }

  webhook({ kind, disabled }: { readonly kind: string; readonly disabled: string | undefined }): void {
    this.#webhooks.inc({ outcome: kind });
    if (disabled !== undefined) this.#webhooksDisabled.inc({ reason: disabled });
  }

  #gauges(figures: Figures): void {
    if (figures.broker !== undefined) this.#brokerGauges(figures.broker);
    new Gauge({
      name: 'kassa_connections',
      help: 'Open WebSockets and event streams',
      registers: [this.registry],
      collect() {
        this.set(figures.connections());
      },
    });
    new Gauge({
      name: 'kassa_subscribers',
      help: 'Open subscriptions',
      registers: [this.registry],
      collect() {
        this.set(figures.subscribers());
      },
    });
    new Gauge({
      name: 'kassa_pool_connections',
      help: 'Database pool: the most, open, idle, and callers that wait',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        for (const [state, count] of Object.entries(figures.pool())) this.set({ state }, count);
      },
    });
    new Gauge({
      name: 'kassa_cases_open_fen',
      help: 'Money of open cases in fen, by kind and age',
      labelNames: ['kind', 'age'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const open = await figures.openMoney().catch(() => []);
        for (const { kind, age, fen } of open) this.set({ kind, age }, Number(fen));
      },
    });
    const owed = {
      pending: new Gauge({
        name: 'kassa_webhooks_pending',
        help: 'Deliveries of webhooks that are owed, counted up to 100000',
        registers: [this.registry],
      }),
      oldest: new Gauge({
        name: 'kassa_webhooks_oldest_pending_seconds',
        help: 'Age of the oldest delivery that is owed to an enabled endpoint',
        registers: [this.registry],
        async collect() {
          const figure = await figures.webhooksOwed().catch(() => undefined);
          if (figure === undefined) return;
          owed.pending.set(figure.pending);
          this.set(figure.oldestMs / 1_000);
        },
      }),
    };
    new Gauge({
      name: 'kassa_orders',
      help: 'Orders of the last 24 hours by status',
      labelNames: ['status'],
      registers: [this.registry],
      async collect() {
        this.reset();
        // A scrape must not fail because the database does: the other figures say why.
        const counts = await figures.ordersByStatus().catch(() => ({}));
        for (const [status, count] of Object.entries(counts)) this.set({ status }, count ?? 0);
      },
    });
  }
}
