// Which events an endpoint hears of.
import type { EventType } from '../orders/event.ts';
import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';

/** An endpoint of the same merchant was disabled by itself. */
export const WEBHOOK_DISABLED = 'webhook.disabled';
/** Sent by sendTestEvent, to whatever an endpoint listens. */
export const WEBHOOK_TEST = 'webhook.test';

/** Every event that can be told. The type keeps the list whole. */
const TOLD: Readonly<Record<EventType | typeof WEBHOOK_DISABLED, true>> = {
  'order.created': true,
  'order.cancelled': true,
  'order.shipped': true,
  'order.completed': true,
  'order.returned': true,
  'payment.precreated': true,
  'payment.started': true,
  'payment.unknown': true,
  'payment.succeeded': true,
  'payment.failed': true,
  'payment.closed': true,
  'refund.requested': true,
  'refund.confirmed': true,
  'refund.succeeded': true,
  'refund.failed': true,
  'refund.rejected': true,
  'case.opened': true,
  'case.resolved': true,
  [WEBHOOK_DISABLED]: true,
};
const NAMES = Object.keys(TOLD);
const FAMILIES = [...new Set(NAMES.map(familyOf))];

/** `payment.succeeded` belongs to `payment.*`. */
function familyOf(type: string): string {
  return `${type.split('.')[0]}.*`;
}

export function faultInEventTypes(eventTypes: readonly string[] | null): InvalidInput | undefined {
  if (eventTypes === null) return undefined;
  if (eventTypes.length === 0) return invalid('eventTypes', 'must not be empty: leave it out to hear of every event');
  if (eventTypes.length > NAMES.length + FAMILIES.length) return invalid('eventTypes', 'names some events twice');
  const unknown = eventTypes.find((name) => !NAMES.includes(name) && !FAMILIES.includes(name));
  if (unknown === undefined) return undefined;
  const named = JSON.stringify(unknown.slice(0, 40));
  return invalid(
    'eventTypes',
    `must hold events or families; ${named} is none of ${[...FAMILIES, ...NAMES].join(', ')}`,
  );
}
