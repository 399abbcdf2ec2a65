import { randomUUID } from 'node:crypto';
import { Entity, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Order } from './order.ts';

/** Two that move an order at the same time can't both write its next version. */
@Entity({ tableName: 'order_events' })
@Unique({ properties: ['order', 'version'] })
export class OrderEvent {
  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @ManyToOne(() => Order)
  order!: Order;

  @Property({ type: 'integer' })
  version!: number;

  @Property({ type: 'text' })
  type!: string;

  @Property({ type: 'text' })
  status!: string;

  @Property({ type: 'datetime', length: 3 })
  occurredAt: Date = new Date();
}

/** The order's next step, part of the unit of work. */
export function addEvent(em: EntityManager, order: Order, type: string): OrderEvent {
  order.version += 1;
  const event = new OrderEvent();
  Object.assign(event, { order, type, version: order.version, status: order.status });
  em.persist(event);
  return event;
}
