// A gateway all of whose secrets are marked, with an Alipay, a shop and a database of the test's own.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { FakeGateway } from '../alipay/fake-gateway.ts';
import { app, bare } from '../alipay/keys.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Env, type Gateway, ownDatabase, startGateway } from '../support/gateway.ts';
import { alipayEnv } from '../support/notifier.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import type { Markers } from './markers.ts';

export interface Ground {
  readonly gateway: Gateway;
  readonly channel: FakeGateway;
  readonly shop: Receiver;
  /** Another's connection to the gateway's database. */
  readonly database: Client;
  /** Whom the gateway is to the database. */
  readonly role: string;
  close(): Promise<void>;
}

export async function layGround(markers: Markers): Promise<Ground> {
  const role = `canary_${randomBytes(6).toString('hex')}`;
  const password = markers.mark('secret', 'password of DATABASE_URL');
  const admin = new Client(inject('serverUrl'));
  await admin.connect();
  await admin.query(`create role ${role} superuser login password '${password}'`);
  const url = await ownDatabase();
  const database = new Client(url);
  await database.connect();
  const [channel, shop] = [await startAlipay(), await startReceiver()];
  const DATABASE_URL = Object.assign(new URL(url), { username: role, password }).href;
  const gateway = await startGateway({ ...alipayEnv(channel.url), ...secretsWith(markers), DATABASE_URL });
  return {
    gateway,
    channel,
    shop,
    database,
    role,
    async close() {
      await gateway.stop();
      await database.end();
      await channel.close();
      await admin.query(`drop role if exists ${role}`);
      await admin.end();
    },
  };
}

function secretsWith({ mark, known }: Markers): Env {
  const body = bare(app.privateKey, 'pkcs8');
  for (const at of [60, 400, 900]) known('secret', `ALI_PRIVATE_KEY from ${at}`, body.slice(at, at + 40));
  return {
    API_KEY: mark('secret', 'API_KEY', (text) => `${text}${'k'.repeat(20)}`),
    SECRET_KEY: mark('secret', 'SECRET_KEY', (text) => `${text}${'s'.repeat(20)}`),
    AMQP_URL: `amqp://canary:${mark('secret', 'password of AMQP_URL')}@127.0.0.1:1/shop`,
    JWT_JWKS_URL: 'http://127.0.0.1:1/jwks.json',
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'kassa',
    LOG_LEVEL: 'trace',
    RATE_LIMIT: '0',
    // Webhooks may then go to this machine; it also makes one mutation fail as no input could.
    FAILPOINTS: 'settings.setCasePolicy.before:throw@1',
  };
}
