import type { Bundle } from './bundle.ts';
import type { Fault } from './check-bundle.ts';
import { FIRST_HASH, hashOf, type OrderEvent } from './event.ts';
import { type OrderStatus, orderLife } from './order.ts';

/** The events: none missing, none changed, each step one that the life table knows, and the order where they end. */
export function checkChain({ order, events }: Bundle): readonly Fault[] {
  const faults: Fault[] = [];
  let before: Link = { version: 0, hash: FIRST_HASH, status: undefined };
  for (const event of events) {
    const wrong = (problem: string) => faults.push({ part: `event ${event.version} (${event.type})`, problem });
    if (event.version !== before.version + 1) wrong(`follows event ${before.version}: one is missing or twice here`);
    if (event.merchantId !== order.merchantId || event.orderId !== order.id) wrong('belongs to another order');
    if (event.prevHash !== before.hash) wrong('is not chained to the event before it');
    if (hashOf(event) !== event.hash) wrong('has been changed: its hash is not that of what it says');
    if (!isStep(before.status, event)) wrong(`can't lead from ${before.status ?? 'nothing'} to ${event.status}`);
    before = event;
  }
  const end = (problem: string) => faults.push({ part: 'order', problem });
  if (before.version !== order.version) end(`is at version ${order.version}, its events end with ${before.version}`);
  else if (before.hash !== order.lastHash) end('names another last hash than its events end with');
  if (before.status !== order.status) end(`is ${order.status}, its events end with ${before.status ?? 'nothing'}`);
  return faults;
}

interface Link {
  readonly version: number;
  readonly hash: string;
  readonly status: OrderStatus | undefined;
}

function isStep(from: OrderStatus | undefined, { type, status: to }: OrderEvent): boolean {
  if (from === undefined) return type === 'order.created' && to === 'PENDING';
  return from === to || Object.values(orderLife[from] ?? {}).includes(to);
}
