// Access tokens of another system, over HTTP and WebSocket, from login to their end.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { createOrder, follow, newOrder, readOrder } from '../support/sale.ts';

const WHO = graphql(`query WhoAsks { viewer { merchantId scopes terminalId } }`);
const ISSUER = 'https://login.example.com/';

let gateway: Gateway;
let merchant: string;
let sign: (claims: JWTPayload, seconds?: number) => Promise<string>;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k' }];
  const issuer = createServer((_, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
  sign = (claims, seconds = 300) =>
    new SignJWT({ iss: ISSUER, aud: 'kassa', sub: 'anna', kassa_merchant: merchant, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
      .sign(privateKey);
  gateway = await startGateway({ JWT_JWKS_URL: jwksUrl, JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'kassa' });
  merchant = (await dataOf(ask(gateway, WHO))).viewer.merchantId;
  return () => void issuer.close();
}, 120_000);

test('a token does what its scopes say, and an API key still works', async () => {
  const seller = { ...gateway, apiKey: await sign({ scope: 'orders:read orders:write' }) };
  const reader = { ...gateway, apiKey: await sign({ scope: 'orders:read' }) };
  const order = await createOrder(seller, newOrder());
  expect(await readOrder(reader, { id: order.id })).toMatchObject({ id: order.id });
  await expect(createOrder(reader, newOrder())).rejects.toThrow('lacks the scope orders:write');
  const feed = follow(reader, { orderId: order.id });
  await feed.count(1);
  feed.stop();
  expect((await dataOf(ask(reader, WHO))).viewer).toEqual({
    merchantId: merchant,
    scopes: ['ORDERS_READ'],
    terminalId: null,
  });
  const till = { ...gateway, apiKey: await sign({ kassa_terminal: 'T7' }) };
  expect(await createOrder(till, newOrder())).toMatchObject({ __typename: 'Order' });
  expect(await readOrder(till, { id: order.id })).toBeNull();
});

test('of another merchant nothing is there; of somebody else nobody is let in', async () => {
  const order = await createOrder(gateway, newOrder());
  const other = {
    ...gateway,
    apiKey: await sign({ scope: 'orders:read', kassa_merchant: 'mer_01kc2y5m3rfbsr7j6h9x2v8t4n' }),
  };
  expect(await readOrder(other, { id: order.id })).toBeNull();
  const foreign = await ask({ ...gateway, apiKey: await sign({ scope: 'orders:read', aud: 'shop' }) }, WHO);
  expect(foreign).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('a socket ends with its token', async () => {
  const order = await createOrder(gateway, newOrder());
  // The clocks' tolerance is half a minute.
  const short = { ...gateway, apiKey: await sign({ scope: 'orders:read' }, -26) };
  const feed = follow(short, { orderId: order.id });
  await feed.count(1);
  expect(await feed.ended).toEqual({ kind: 'closed', code: 4403 });
});
