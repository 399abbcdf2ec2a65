// A load balancer in thirty lines: each connection goes to the next replica that takes one.
import { connect, createServer, type Socket } from 'node:net';

export interface Replica {
  readonly url: string;
}

export interface RoundRobin {
  readonly url: string;
  readonly wsUrl: string;
  /** Who is there; the others get nothing new. */
  replicas: readonly Replica[];
  close(): Promise<void>;
}

export async function roundRobin(first: readonly Replica[]): Promise<RoundRobin> {
  const balancer = { replicas: first };
  const sockets = new Set<Socket>();
  let turn = 0;

  function lead(near: Socket, triesLeft: number): void {
    turn += 1;
    const replica = balancer.replicas[turn % balancer.replicas.length];
    if (replica === undefined || triesLeft === 0) return void near.resetAndDestroy();
    const far = connect({ port: Number(new URL(replica.url).port), host: 'localhost', noDelay: true });
    sockets.add(far);
    const refused = () => lead(near, triesLeft - 1);
    far.once('error', refused);
    far.once('connect', () => {
      far.off('error', refused);
      far.on('error', () => near.resetAndDestroy());
      near.pipe(far).pipe(near);
    });
    near.once('close', () => far.destroy());
    far.once('close', () => sockets.delete(far));
  }

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => {
    sockets.add(near);
    near.on('error', () => {});
    near.once('close', () => sockets.delete(near));
    lead(near, 10);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return Object.assign(balancer, {
    url: `http://localhost:${address.port}`,
    wsUrl: `ws://localhost:${address.port}/graphql`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
