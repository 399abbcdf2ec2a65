import { ownerOf } from '../deliveries/create-endpoint.ts';
import { authTokenOwner, privateKeyOwner } from '../merchants/app.ts';
import type { SealedBook, SealedRow } from '../merchants/rotate-secrets.ts';
import { sealedFor } from '../merchants/totp.ts';
import { noted } from './app-book.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf, type Statement } from './statement.ts';
import { resealApp, sealedOfApps } from './statements/apps.ts';
import { resealTotp, sealedOfTotps } from './statements/totps.ts';
import { resealEndpoint, sealedOfEndpoints } from './statements/webhook-endpoints.ts';

interface SealedApp {
  readonly merchant_id: string;
  readonly app_id: string;
  readonly private_key: string;
  readonly app_auth_token: string | null;
}

interface SealedEndpoint {
  readonly merchant_id: string;
  readonly id: string;
  readonly secret: string;
  readonly old_secret: string | null;
}

interface SealedTotp {
  readonly merchant_id: string;
  readonly owner: string;
  readonly active: string | null;
  readonly offered: string | null;
}

const RESEAL: Readonly<Record<SealedRow['kind'], Statement>> = {
  app: resealApp,
  'webhook endpoint': resealEndpoint,
  'one-time code': resealTotp,
};

/** Everything that is sealed, wherever it is kept. */
export function postgresSealedBook({ pool }: Pick<Database, 'pool'>): SealedBook {
  return {
    async all() {
      const apps = await rowsOf<SealedApp>(pool, sealedOfApps, []);
      const endpoints = await rowsOf<SealedEndpoint>(pool, sealedOfEndpoints, []);
      const totps = await rowsOf<SealedTotp>(pool, sealedOfTotps, []);
      return [...apps.map(ofApp), ...endpoints.map(ofEndpoint), ...totps.map(ofTotp)];
    },

    async replace({ kind, merchantId, id, secrets }, sealed, note) {
      const statement = RESEAL[kind];
      const before = secrets.map((one) => one.sealed);
      return (await rowOf(pool, statement, [merchantId, ...noted(note), id, ...before, ...sealed])) !== undefined;
    },
  };
}

function ofApp({ merchant_id: merchantId, app_id: id, private_key, app_auth_token }: SealedApp): SealedRow {
  const key = { sealed: private_key, owner: privateKeyOwner(id) };
  return { kind: 'app', merchantId, id, secrets: [key, { sealed: app_auth_token, owner: authTokenOwner(id) }] };
}

function ofEndpoint({ merchant_id: merchantId, id, secret, old_secret }: SealedEndpoint): SealedRow {
  const owner = ownerOf(id);
  return {
    kind: 'webhook endpoint',
    merchantId,
    id,
    secrets: [secret, old_secret].map((sealed) => ({ sealed, owner })),
  };
}

function ofTotp({ merchant_id: merchantId, owner: id, active, offered }: SealedTotp): SealedRow {
  const owner = sealedFor(merchantId, id);
  return { kind: 'one-time code', merchantId, id, secrets: [active, offered].map((sealed) => ({ sealed, owner })) };
}
