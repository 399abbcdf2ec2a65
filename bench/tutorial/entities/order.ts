import { randomUUID } from 'node:crypto';
import { Entity, Index, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType()
@Entity({ tableName: 'orders' })
@Index({ properties: ['createdAt', 'id'] })
export class Order {
  @Field(() => ID)
  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @Field(() => String)
  @Property({ type: 'text' })
  @Unique()
  merchantOrderNo!: string;

  @Field(() => String)
  @Property({ type: 'text' })
  subject!: string;

  @Field(() => String)
  @Property({ type: 'decimal', precision: 12, scale: 2 })
  amount!: string;

  @Field(() => String)
  @Property({ type: 'decimal', precision: 12, scale: 2 })
  refundedAmount: string = '0.00';

  @Field(() => String)
  @Property({ type: 'text' })
  status: string = 'PENDING';

  @Field(() => Int)
  @Property({ type: 'integer' })
  version: number = 0;

  @Field(() => String, { nullable: true })
  @Property({ type: 'text', nullable: true })
  storeId: string | null = null;

  @Field(() => String, { nullable: true })
  @Property({ type: 'text', nullable: true })
  terminalId: string | null = null;

  @Field(() => Date)
  @Property({ type: 'datetime', length: 3 })
  createdAt: Date = new Date();

  @Field(() => Date)
  @Property({ type: 'datetime', length: 3 })
  expiresAt!: Date;

  @Field(() => Date, { nullable: true })
  @Property({ type: 'datetime', length: 3, nullable: true })
  paidAt: Date | null = null;
}
