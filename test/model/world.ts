// A gateway's desk over a real PostgreSQL, an Alipay in a box, a merchant and a buyer, in one process and on one clock.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAccount } from '../../src/alipay/account.ts';
import { type FindApp, readNotification } from '../../src/alipay/notification.ts';
import { verificationKeyOf } from '../../src/alipay/verification-key.ts';
import { gatewayClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { type Desk, openDesk } from '../../src/desk.ts';
import { noFailpoints } from '../../src/failpoints.ts';
import type { Ends } from '../../src/foundation.ts';
import { alipayNotify } from '../../src/http/alipay-notify.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { httpServer } from '../../src/http/server.ts';
import { newUuid } from '../../src/ids.ts';
import { newLog } from '../../src/log.ts';
import { rateLimit } from '../../src/merchants/rate-limit.ts';
import { hearNotification } from '../../src/orders/hear-notification.ts';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { keepVerificationKey } from '../../src/postgres/verification-keys.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { freshDatabase } from '../support/database.ts';
import { type SandboxClient, sandboxClient } from '../support/sandbox-client.ts';
import { Crash, type Crashes, crashes } from './crash.ts';

export interface World {
  readonly desk: Desk;
  readonly database: Database;
  readonly sandbox: SandboxClient;
  readonly crashes: Crashes;
  readonly merchantId: string;
  readonly accountId: string;
  /** What went wrong in the background and would only be logged. */
  readonly faults: unknown[];
  /** Both clocks go on; everything that falls due there has been done when it answers. */
  advance(ms: number): Promise<void>;
  /** Goes from one thing that is due to the next until nothing is. */
  quiet(): Promise<void>;
  end(): Promise<void>;
}

/** Nothing takes so many looks that is not stuck. */
const MOST_STEPS = 2_000;
const DAY_MS = 24 * 3_600_000;

export async function openWorld(): Promise<World> {
  const ends: Ends = [];
  const dataDir = await mkdtemp(join(tmpdir(), 'kassa-model-'));
  const fresh = await freshDatabase();
  ends.push(() => rm(dataDir, { recursive: true, force: true }), fresh.drop);
  const database = await openDatabase({ url: fresh.url });
  ends.push(() => database.close());
  const clock = gatewayClock();
  let settle = async () => {};
  const running = await startSandbox({
    dataDir,
    port: 0,
    onClock: async (aheadMs) => {
      clock.setAhead(aheadMs);
      await settle();
    },
  });
  ends.push(() => running.stop());
  const app: Record<'sellerId' | 'gateway' | 'appPrivateKey' | 'alipayPublicKey', string> = JSON.parse(
    await (await fetch(`${running.url}/_sandbox/app`)).text(),
  );
  const { sellerId, gateway, appPrivateKey: privateKey, alipayPublicKey: publicKey } = app;
  const account = readAccount({ appId: running.appId, sellerId, gateway, privateKey, publicKey });
  const merchants = postgresMerchantsStore({ database, clock, newId: newUuid });
  const owner = await merchants.ensureFirstMerchant({ appId: running.appId, sellerId });
  await keepVerificationKey(database, verificationKeyOf(account, clock.now()));
  const log = newLog('silent');
  const faults: unknown[] = [];
  log.error = (({ err }: { err: Error }) => err instanceof Crash || faults.push(err.stack)) as typeof log.error;
  const metrics = new Metrics({
    pool: () => database.poolFigures(),
    subscribers: () => 0,
    connections: () => 0,
    ordersByStatus: async () => ({}),
    openMoney: async () => [],
    webhooksOwed: async () => ({ pending: 0, oldestMs: 0 }),
  });
  const base = {
    ...owner,
    database,
    directUrl: () => fresh.url,
    merchants,
    account,
    clock,
    onClockMoved: (act: () => Promise<void>) => {
      settle = act;
    },
    onAccountExchanged: () => {},
    exchangeAccount: () => {},
    sandboxUrl: running.url,
    secretKey: 'a secret of thirty-two characters or more',
    otherSecretKeys: [],
    shownApiKey: undefined,
    apiKey: undefined,
    failpoints: noFailpoints,
  };
  const http = httpServer(log);
  let hear: Parameters<typeof alipayNotify>[1]['hear'] = async () => {
    throw new Error('not open yet');
  };
  const uncounted = { addressOf: () => '', unsigned: rateLimit(0, clock) };
  let findApp: FindApp = () => undefined;
  const read = (body: Buffer, type: string | undefined) => readNotification(body, type, findApp);
  alipayNotify(http, { log, metrics, ...uncounted, read, hear: (notice) => hear(notice) });
  await http.listen({ port: 0, host: '127.0.0.1' });
  ends.push(() => http.close());
  const address = http.server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const config = readConfig({ PUBLIC_URL: `http://127.0.0.1:${port}`, CHECKS_PER_SECOND: '9999' });
  const desk = await openDesk(config, { base, log, metrics, wakeUps: new WakeUps(), ends });
  const dying = crashes();
  const channel = await desk.channelOf(owner);
  const mortal = dying.wrapChannel(channel);
  Object.assign(desk, { orders: dying.wrapStore(desk.orders), channelOf: async () => mortal });
  findApp = desk.findApp;
  hear = (notice) => hearNotification(desk, notice);
  const sandbox = sandboxClient({ sandboxUrl: running.url });

  async function advance(ms: number): Promise<void> {
    await sandbox.advance(ms);
    await settle();
  }

  async function quiet(): Promise<void> {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      await settle();
      await sandbox.advance(0);
      const { rows } = await database.pool.query('select min(due_at)::text as at, count(*) as left from checks');
      if (rows[0]?.at === null) return;
      await advance(Math.max(0, Math.ceil(Date.parse(`${rows[0].at}`) - clock.now().getTime())));
    }
    const { rows } = await database.pool.query(
      `select c.*, o.status, o.undo_at, o.expires_at, (select json_agg(p) from payments p where p.order_id = o.id) as payments,
        (select json_agg(r) from refunds r where r.order_id = o.id) as refunds,
        (select json_agg(k) from cases k where k.order_id = o.id) as cases
       from checks c join orders o on o.id = c.order_id`,
    );
    const numbers: string[] = rows.flatMap(({ payments }) =>
      (payments ?? []).map((one: { out_trade_no: string }) => one.out_trade_no),
    );
    const answers = await Promise.all(numbers.map((number) => channel.query(number)));
    const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
    throw new Error(
      `not quiet after ${MOST_STEPS} steps: ${JSON.stringify({ rows, answers, faults: faults.slice(0, 2).map(String) }, plain, 1)}`,
    );
  }

  return {
    ...owner,
    desk,
    database,
    sandbox,
    crashes: dying,
    faults,
    advance,
    async quiet() {
      dying.clear();
      // What a dead process held is taken by another one after its minute, of the database's own clock.
      await database.pool.query('update checks set taken_until = null');
      await quiet();
      // Notices that were lost have come again by then, and may have made something due.
      await advance(2 * DAY_MS);
      await quiet();
    },
    async end() {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
    },
  };
}
