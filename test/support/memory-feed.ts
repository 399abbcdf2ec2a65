import type { OrderEvent } from '../../src/orders/event.ts';
import type { Feed } from '../../src/orders/feed.ts';

/** A feed of these events, as it would be if a relay placed each at once; `pruned` of them are no longer kept. */
export function memoryFeed(events: readonly OrderEvent[], pruned = 0): Feed {
  let days = 30;
  return {
    async read(merchantId, { after, limit }) {
      const mine = events.filter((event) => event.merchantId === merchantId);
      const placed = mine.map((event, index) => ({ position: index + 1, event, merchantOrderNo: event.orderId }));
      return {
        events: placed.filter(({ position }) => position > Math.max(after, pruned)).slice(0, limit),
        lastPosition: mine.length,
        prunedPosition: pruned,
      };
    },
    retentionDays: async () => days,
    keepFor: async (_merchantId, asked) => {
      days = asked;
    },
  };
}
