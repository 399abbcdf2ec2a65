// A process that dies in the middle: the call under way is done or not, and whoever asked for it hears nothing more.
import type { OrderStore, PaymentChannel } from '../../src/orders/ports.ts';

export class Crash extends Error {
  constructor(where: string) {
    super(`the process died ${where}`);
  }
}

export interface Crashes {
  /** The next call to the channel or write of an order ends in a crash, before or after it is done. */
  plan(crash: { readonly at: 'call' | 'write'; readonly when: 'before' | 'after' }): void;
  clear(): void;
  wrapStore(store: OrderStore): OrderStore;
  wrapChannel(channel: PaymentChannel): PaymentChannel;
}

export function crashes(): Crashes {
  let planned: Parameters<Crashes['plan']>[0] | undefined;

  async function step<Answer>(at: 'call' | 'write', work: () => Promise<Answer>): Promise<Answer> {
    if (planned?.at !== at) return work();
    const { when } = planned;
    planned = undefined;
    if (when === 'before') throw new Crash(`before a ${at}`);
    await work();
    throw new Crash(`after a ${at}`);
  }

  return {
    plan(crash) {
      planned = crash;
    },
    clear() {
      planned = undefined;
    },
    wrapStore: (store) => ({
      ...store,
      write: (change) => step('write', () => store.write(change)),
      markTried: (...asked) => step('write', () => store.markTried(...asked)),
    }),
    wrapChannel: (channel) => ({
      offer: (asked) => channel.offer(asked),
      precreate: (asked) => step('call', () => channel.precreate(asked)),
      pay: (asked) => step('call', () => channel.pay(asked)),
      query: (asked) => step('call', () => channel.query(asked)),
      close: (asked) => step('call', () => channel.close(asked)),
      cancel: (asked) => step('call', () => channel.cancel(asked)),
      refund: (asked) => step('call', () => channel.refund(asked)),
      queryRefund: (asked) => step('call', () => channel.queryRefund(asked)),
    }),
  };
}
