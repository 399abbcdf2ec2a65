import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Arg, Ctx, createUnionType, Field, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from './context.ts';
import { Order } from './entities/order.ts';
import { addEvent } from './entities/order-event.ts';
import { Refused, refused } from './errors.ts';
import { CreateOrderInput, OrderRef } from './inputs.ts';

const EXPIRY_MS = 30 * 60_000;

const CreateOrderResult = createUnionType({
  name: 'CreateOrderResult',
  types: () => [Order, Refused] as const,
});

@ObjectType()
class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ObjectType()
class OrderEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Order)
  node!: Order;
}

@ObjectType()
class OrderConnection {
  @Field(() => [OrderEdge])
  edges!: OrderEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

/** The order that a reference names. */
export function findOrder(em: EntityManager, { id, merchantOrderNo }: OrderRef): Promise<Order | null> {
  return em.findOne(Order, id === undefined ? { merchantOrderNo: merchantOrderNo ?? '' } : { id });
}

@Resolver()
export class OrderResolver {
  @Query(() => Order, { nullable: true })
  order(@Arg('ref', () => OrderRef) ref: OrderRef, @Ctx() { em }: Context): Promise<Order | null> {
    return findOrder(em, ref);
  }

  @Query(() => OrderConnection)
  async orders(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { em }: Context,
  ): Promise<OrderConnection> {
    const page = await em.findByCursor(Order, {
      first: Math.min(first, 100),
      ...(after ? { after } : {}),
      orderBy: { createdAt: 'desc', id: 'desc' },
      includeCount: false,
    });
    const edges = page.items.map((node) => ({ cursor: page.from(node), node }));
    return { edges, pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor } };
  }

  @Mutation(() => CreateOrderResult)
  async createOrder(
    @Arg('input', () => CreateOrderInput) input: CreateOrderInput,
    @Ctx() { em }: Context,
  ): Promise<Order | Refused> {
    if (!/^\d{1,9}\.\d\d$/.test(input.amount)) return refused('INVALID_INPUT', 'amount must be yuan with two decimals');
    if (!/^[\w-]{1,60}$/.test(input.merchantOrderNo)) return refused('INVALID_INPUT', 'merchantOrderNo');
    const order = em.create(Order, { ...input, expiresAt: new Date(Date.now() + EXPIRY_MS) }, { partial: true });
    addEvent(em.persist(order), order, 'order.created');
    try {
      await em.flush();
      return order;
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) return sameOrder(em.fork(), input);
      throw error;
    }
  }
}

/** A repeat answers the order that is there. */
async function sameOrder(em: EntityManager, input: CreateOrderInput): Promise<Order | Refused> {
  const order = await em.findOneOrFail(Order, { merchantOrderNo: input.merchantOrderNo });
  const same = order.amount === input.amount && order.subject === input.subject;
  return same ? order : refused('MERCHANT_ORDER_NO_CONFLICT', 'the number has another order');
}
