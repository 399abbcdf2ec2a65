import { randomUUID } from 'node:crypto';
import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';
import { Order } from './order.ts';

@ObjectType()
export class QrCode {
  @Field(() => String)
  content!: string;

  @Field(() => Date)
  expiresAt!: Date;
}

@ObjectType()
@Entity({ tableName: 'payments' })
export class Payment {
  @Field(() => ID)
  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @Field(() => Order)
  @ManyToOne(() => Order)
  @Index()
  order!: Order;

  @Field(() => String)
  @Property({ type: 'text' })
  method!: string;

  @Field(() => String)
  @Property({ type: 'text' })
  status!: string;

  @Field(() => String)
  @Property({ type: 'decimal', precision: 12, scale: 2 })
  amount!: string;

  @Field(() => String)
  @Property({ type: 'text' })
  outTradeNo!: string;

  @Field(() => String, { nullable: true })
  @Property({ type: 'text', nullable: true })
  tradeNo: string | null = null;

  @Property({ type: 'text', nullable: true })
  qrContent: string | null = null;

  @Field(() => Date)
  @Property({ type: 'datetime', length: 3 })
  createdAt: Date = new Date();

  @Field(() => Date, { nullable: true })
  @Property({ type: 'datetime', length: 3, nullable: true })
  succeededAt: Date | null = null;
}
