import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { terminalSeesFrom } from '../merchants/caller.ts';
import { badInput } from './bad-input.ts';
import { type Context, forbidden, mayRead, sellerOf } from './context.ts';
import { OrderFilter, OrderRef } from './input.types.ts';
import { make } from './make.ts';
import { OrderType } from './order.types.ts';
import { readOrderRef } from './order-ref.ts';
import { cursorOf, pageInfoOf, readPage } from './page.ts';
import { OrderConnection, OrderEdge } from './page.types.ts';
import { presentOrder } from './present-order.ts';

const MAX_SEARCH_LENGTH = 64;

@Resolver()
export class OrderResolver {
  @Query(() => OrderType, { nullable: true })
  async order(@Arg('ref', () => OrderRef) ref: OrderRef, @Ctx() context: Context): Promise<OrderType | null> {
    const named = readOrderRef(ref);
    if (named === 'not_one') throw badInput('ref must name exactly one of id and merchantOrderNo');
    if (named === 'nowhere') return null;
    const order = await context.reads.orderRow(context.caller.merchantId, named);
    if (order === undefined || !mayRead(context, order)) return null;
    if (order.status === 'PENDING') context.hurry(order);
    return presentOrder(order, context);
  }

  @Query(() => OrderConnection, { description: 'Newest first. A page stays where it is when orders are added.' })
  async orders(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => OrderFilter, { nullable: true }) filter: OrderFilter | null,
    @Ctx() context: Context,
  ): Promise<OrderConnection> {
    const merchantId = sellerOf(context, 'orders:read');
    const asked = readPage(first, after);
    const { orders, hasNextPage } = await context.reads.page(merchantId, {
      ...asked,
      ...within(context, readFilter(filter ?? {})),
    });
    const edges = orders.map((order) =>
      make(OrderEdge, { cursor: cursorOf(order.id), node: presentOrder(order, context) }),
    );
    return make(OrderConnection, { edges, pageInfo: pageInfoOf(edges, { hasNextPage, asked }) });
  }
}

type Filter = ReturnType<typeof readFilter>;

/** A terminal sees what it sold itself, and not for long. */
function within({ caller, clock }: Context, filter: Filter): Filter {
  if (caller.kind !== 'terminal') return filter;
  if (filter.terminalId !== undefined && filter.terminalId !== caller.terminalId)
    throw forbidden("A terminal's credential sees its own orders only.");
  const since = terminalSeesFrom(clock.now());
  const createdFrom = filter.createdFrom !== undefined && filter.createdFrom > since ? filter.createdFrom : since;
  return { ...filter, createdFrom, terminalId: caller.terminalId };
}

function readFilter(filter: OrderFilter) {
  const { status, createdFrom, createdBefore, storeId, terminalId, search } = filter;
  if ((search?.length ?? 0) > MAX_SEARCH_LENGTH)
    throw badInput(`search must have at most ${MAX_SEARCH_LENGTH} characters`);
  if (`${storeId ?? ''}${terminalId ?? ''}${search ?? ''}`.includes('\u0000'))
    throw badInput('filter must not contain U+0000');
  return {
    status: status ?? undefined,
    createdFrom: createdFrom ?? undefined,
    createdBefore: createdBefore ?? undefined,
    storeId: storeId ?? undefined,
    terminalId: terminalId ?? undefined,
    search: search === '' ? undefined : (search ?? undefined),
  };
}
