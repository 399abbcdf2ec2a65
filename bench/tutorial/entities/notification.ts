import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Order } from './order.ts';

/** What Alipay posted, kept once. */
@Entity({ tableName: 'notifications' })
export class Notification {
  @PrimaryKey({ type: 'text' })
  notifyId!: string;

  @ManyToOne(() => Order)
  @Index()
  order!: Order;

  @Property({ type: 'json' })
  body!: Record<string, string>;

  @Property({ type: 'datetime', length: 3 })
  receivedAt: Date = new Date();
}
