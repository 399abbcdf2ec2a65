import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { AlipaySdk } from '../../src/alipay/sdk.ts';

test('one error may still end two sockets', async () => {
  expect(AlipaySdk).toBeTypeOf('function');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const reason = new Error('the pool is closing');
  for (const socket of [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]) {
    await once(socket, 'connect');
    socket.destroy(reason);
    expect(await once(socket, 'error')).toEqual([reason]);
  }
  server.close();
});
