// Gateways, two as a rule, on one database with an Alipay, and wires between all of them that can be cut.
import { Pool } from 'pg';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { newApiKey } from '../support/gateway.ts';
import { type GatewayProcess, superviseGateway } from './gateway-process.ts';
import type { Ground } from './ground.ts';
import { openWire, type Wire } from './tcp-proxy.ts';

/** A gateway and its wires. */
export interface Place {
  readonly gateway: GatewayProcess;
  readonly toPostgres: Wire;
  readonly toAlipay: Wire;
  /** Leads nowhere at a site without a broker. */
  readonly toRabbit: Wire;
}

export interface Site {
  readonly ground: Ground;
  readonly places: readonly [Place, ...Place[]];
  /** Alipay's way to whichever gateway is up. */
  readonly fromAlipay: Wire;
  /** Where Alipay is told to send its notifications. */
  readonly notifyUrl: string;
  /** The checker's own connections, past every wire. */
  readonly pool: Pool;
  /** For reading orders as the gateway does. */
  readonly database: Database;
  readonly merchantId: string;
  readonly apiKey: string;
  /** RabbitMQ past every wire; undefined at a site that wakes by NOTIFY. */
  readonly amqpUrl: string | undefined;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Another program than the built one. */
  readonly program?: string;
  /** A gateway for each: how far its machine's clock is off. Two that are right unless given. */
  readonly skewsMs?: readonly [number, ...number[]];
  readonly env?: Readonly<Record<string, string>>;
  /** RabbitMQ, for the stream of events and the hints between the gateways. */
  readonly amqpUrl?: string;
  /** Done to the database before anybody uses it. */
  readonly sql?: string;
}

export async function openSite(ground: Ground, options: SiteOptions = {}): Promise<Site> {
  const { amqpUrl } = options;
  const name = await ground.newDatabase();
  const apiKey = newApiKey();
  const url = ground.postgres.url(name);
  const pool = new Pool({ connectionString: url, max: 3 });
  const database = await openDatabase({ url, poolMax: 3 });
  // Connections that a crash takes along: the next query gets a fresh one.
  pool.on('error', () => undefined);
  if (options.sql !== undefined) await pool.query(options.sql);
  const turn = { next: 0 };
  const running: Place[] = [];
  const fromAlipay = await openWire(() => portOfTurn(running, turn));
  const notifyUrl = `http://127.0.0.1:${fromAlipay.port}`;
  const place = async (called: string, skewMs: number): Promise<Place> => {
    const toPostgres = await openWire(() => ground.postgres.port());
    const toAlipay = await openWire(() => ground.sandboxPort);
    const toRabbit = await openWire(() => portOf(amqpUrl));
    const env = {
      ...environment(ground, { apiKey, notifyUrl }),
      DATABASE_URL: ground.postgres.url(name, toPostgres.port),
      ALI_GATEWAY: `http://127.0.0.1:${toAlipay.port}/gateway.do`,
      ...(amqpUrl !== undefined && { AMQP_URL: Object.assign(new URL(amqpUrl), { port: toRabbit.port }).href }),
      ...options.env,
    };
    const { program = ground.program } = options;
    const gateway = await superviseGateway({ name: called, program, env, apiKey, skewMs, aheadMs: ground.aheadMs() });
    return { gateway, toPostgres, toAlipay, toRabbit };
  };
  const { skewsMs = [0, 0] } = options;
  const [near, ...others] = await Promise.all(skewsMs.map((skewMs, n) => place(`gateway ${n}`, skewMs)));
  if (near === undefined) throw new Error('a site has a gateway');
  const places = [near, ...others] as const;
  running.push(...places);
  const leave = ground.onClock(async (aheadMs) => {
    await Promise.all(places.map(({ gateway }) => gateway.clockAt(aheadMs)));
  });
  const { rows } = await pool.query<{ id: string }>('select id from merchants');
  return {
    ground,
    places,
    fromAlipay,
    notifyUrl: `${notifyUrl}/alipay/notify`,
    pool,
    database,
    merchantId: rows[0]?.id ?? '',
    apiKey,
    amqpUrl,
    async close() {
      leave();
      await Promise.all(places.map(({ gateway }) => gateway.stop()));
      await Promise.all(
        [fromAlipay, ...places.flatMap((one) => [one.toPostgres, one.toAlipay, one.toRabbit])].map((wire) =>
          wire.close(),
        ),
      );
      await Promise.all([pool.end(), database.close()]);
    },
  };
}

function environment({ app }: Ground, { apiKey, notifyUrl }: { apiKey: string; notifyUrl: string }) {
  return {
    PATH: process.env.PATH ?? '',
    PUBLIC_URL: notifyUrl,
    ALI_APP_ID: app.appId,
    ALI_PRIVATE_KEY: app.appPrivateKey,
    ALI_PUBLIC_KEY: app.alipayPublicKey,
    ALI_SELLER_ID: app.sellerId,
    API_KEY: apiKey,
    RATE_LIMIT: '0',
    CHECKS_PER_SECOND: '9999',
    LOG_LEVEL: 'warn',
  };
}

function portOf(amqpUrl: string | undefined): number {
  return amqpUrl === undefined ? 0 : Number(new URL(amqpUrl).port || 5672);
}

/** A balancer without a memory: each connection to the next one that is up. */
function portOfTurn(places: readonly Place[], turn: { next: number }): number {
  const up = places.filter(({ gateway }) => gateway.isUp());
  const usable = up.length > 0 ? up : places;
  turn.next += 1;
  return usable[turn.next % usable.length]?.gateway.port ?? 0;
}
