// Stands in for the sandbox's program: says `ready` and serves /_sandbox/app. DATA_DIR names how it misbehaves.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const manner = process.env.DATA_DIR ?? '';
const app = { appId: '1', sellerId: '2', gateway: 'http://x/gateway.do', appPrivateKey: 'key', alipayPublicKey: 'key' };

if (manner.includes('refuses')) {
  process.stderr.write('reading the settings\nSANDBOX_PORT is taken\n');
  process.exit(78);
}
if (manner.includes('stubborn')) process.on('SIGTERM', () => {});
process.once('disconnect', () => process.exit(0));

const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(3);
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  return response.end(JSON.stringify(manner.includes('nameless') ? { ...app, appId: 7 } : app));
});
server.listen(Number(process.env.SANDBOX_PORT), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ kind: 'hello' });
  process.send?.({ kind: 'ready', port });
});
