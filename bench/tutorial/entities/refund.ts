import { randomUUID } from 'node:crypto';
import { Entity, Index, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';
import { Order } from './order.ts';
import { Payment } from './payment.ts';

@ObjectType()
@Entity({ tableName: 'refunds' })
@Unique({ properties: ['order', 'refundNo'] })
export class Refund {
  @Field(() => ID)
  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @Field(() => Order)
  @ManyToOne(() => Order)
  order!: Order;

  @Field(() => Payment)
  @ManyToOne(() => Payment)
  @Index()
  payment!: Payment;

  @Field(() => String)
  @Property({ type: 'text' })
  refundNo!: string;

  @Field(() => String)
  @Property({ type: 'decimal', precision: 12, scale: 2 })
  amount!: string;

  @Field(() => String)
  @Property({ type: 'text' })
  status!: string;

  @Field(() => Date)
  @Property({ type: 'datetime', length: 3 })
  createdAt: Date = new Date();

  @Field(() => Date, { nullable: true })
  @Property({ type: 'datetime', length: 3, nullable: true })
  succeededAt: Date | null = null;
}
