// An event as it travels over RabbitMQ: docs/broker.md promises every field.
import { toTypeId } from '../ids.ts';
import { canonicalJson } from '../orders/canonical-json.ts';
import type { PlacedEvent } from '../orders/feed.ts';
import { toldEvent } from './told-event.ts';

export interface BrokerMessage {
  /** `evt_…`: by this a consumer knows what it has seen before. */
  readonly id: string;
  readonly type: string;
  /** `mer_….payment.succeeded`: a queue binds a merchant, a type, or a part of one. */
  readonly routingKey: string;
  readonly occurredAt: Date;
  /** Canonical JSON. */
  readonly body: string;
}

export function brokerMessage(placed: Omit<PlacedEvent, 'position'>): BrokerMessage {
  const { id, type, timestamp, data } = toldEvent(placed);
  const { merchantId, occurredAt } = placed.event;
  const body = canonicalJson({ id, type, timestamp, data });
  return { id, type, routingKey: `${toTypeId('mer', merchantId)}.${type}`, occurredAt, body };
}
