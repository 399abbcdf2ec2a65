// An order as a screen holds it: the newest view of it, and how far in its events we are.
import type { OrderViewFragment, PaymentStatusSubscription } from '../gql/graphql.ts';

export type OrderView = OrderViewFragment;
export type OrderMoved = PaymentStatusSubscription['paymentStatus'];

export interface LiveOrder {
  readonly order: OrderView;
  /** Version of the last event heard; undefined before the first. The `after` of the next subscription. */
  readonly heard: number | undefined;
  /** When the last event heard happened, RFC 3339. */
  readonly movedAt: string | undefined;
  /** The buyer has scanned the code that is shown. */
  readonly scanned: boolean;
}

/** What one event says about scanning; undefined: nothing. */
const scanning: Readonly<Record<string, boolean | undefined>> = {
  'payment.started': true,
  'payment.precreated': false,
  'payment.failed': false,
  'payment.closed': false,
};

export function firstSight(order: OrderView): LiveOrder {
  return { order, heard: undefined, movedAt: undefined, scanned: false };
}

/** Takes one event in. An event that was heard before changes nothing and answers the very same object. */
export function hearEvent(live: LiveOrder | undefined, event: OrderMoved): LiveOrder {
  if (live !== undefined && !isNews(live.heard, event.version)) return live;
  return {
    order: newer(live?.order, event.order),
    heard: event.version,
    movedAt: event.occurredAt,
    scanned: scanning[event.type] ?? live?.scanned ?? false,
  };
}

/** Takes in an order that an answer carried. It says nothing about which events were heard. */
export function hearAnswer(live: LiveOrder, order: OrderView): LiveOrder {
  const view = newer(live.order, order);
  return view === live.order ? live : { ...live, order: view };
}

/** True for an event past the last one heard: a server that repeats itself after a restart is not news. */
export function isNews(heard: number | undefined, version: number): boolean {
  return heard === undefined || version > heard;
}

function newer(held: OrderView | undefined, fresh: OrderView): OrderView {
  return held !== undefined && held.version > fresh.version ? held : fresh;
}
