// A wire that can be cut: TCP from here to a port that may change, with faults on both ways.
import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * `refuse`: a new connection is reset. `hole`: bytes vanish, both ways, and nobody is told. `cut_answer`: what is asked
 * passes, and the connection is reset when the answer comes. `cut_after`: so many bytes of an answer still pass.
 */
export type WireFault =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'hole' }
  | { readonly kind: 'cut_answer' }
  | { readonly kind: 'cut_after'; readonly bytes: number }
  | { readonly kind: 'delay'; readonly ms: number };

export interface Wire {
  readonly port: number;
  /** From now on; undefined: all is well. Healing a hole resets what fell into it. */
  strike(fault: WireFault | undefined): void;
  /** Resets every connection there is. */
  reset(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Bytes of answers that may still pass; of cut_after. */
  left: number;
}

/** `target` says, for each connection, which port of this machine it leads to. */
export async function openWire(target: () => number): Promise<Wire> {
  const pairs = new Set<Pair>();
  let fault: WireFault | undefined;

  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => undefined);
    if (fault?.kind === 'refuse') {
      near.resetAndDestroy();
      return;
    }
    const far = dial({ port: target(), host: '127.0.0.1', noDelay: true });
    const pair = { near, far, left: Number.POSITIVE_INFINITY };
    pairs.add(pair);
    far.on('error', () => near.resetAndDestroy());
    pass(near, far, () => true);
    pass(far, near, (bytes) => answerPasses(pair, bytes));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('end', () => other.end());
      one.on('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  });

  function pass(from: Socket, to: Socket, mayPass: (bytes: number) => boolean): void {
    // No byte overtakes one that is delayed.
    let last = Promise.resolve();
    let delayed = 0;
    const later = (ms: number, chunk: Buffer) => {
      delayed += 1;
      last = Promise.all([last, pause(ms)]).then(() => {
        delayed -= 1;
        to.write(chunk);
      });
    };
    from.on('data', (chunk) => {
      if (fault?.kind === 'hole') return;
      if (!mayPass(chunk.length)) return;
      const ms = fault?.kind === 'delay' ? fault.ms : 0;
      if (ms > 0 || delayed > 0) later(ms, chunk);
      else to.write(chunk);
    });
  }

  function answerPasses(pair: Pair, bytes: number): boolean {
    if (fault?.kind === 'cut_after') pair.left = Math.min(pair.left, fault.bytes);
    pair.left -= bytes;
    if (fault?.kind !== 'cut_answer' && pair.left >= 0) return true;
    cut(pair);
    return false;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  const reset = () => pairs.forEach(cut);
  return {
    port: address.port,
    strike(next) {
      if (fault?.kind === 'hole') reset();
      for (const pair of pairs) pair.left = Number.POSITIVE_INFINITY;
      fault = next;
    },
    reset,
    async close() {
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function cut({ near, far }: Pair): void {
  near.resetAndDestroy();
  far.destroy();
}
