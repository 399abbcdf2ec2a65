import { GraphQLError } from 'graphql';
import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { fromTypeId } from '../ids.ts';
import { maySee } from '../merchants/caller.ts';
import type { OrderPage } from '../orders/reads.ts';
import { type Context, merchantOf } from './context.ts';
import { OrderFilter, OrderRef } from './input.types.ts';
import { make } from './make.ts';
import { NodeType } from './node.types.ts';
import { OrderType } from './order.types.ts';
import { readOrderRef } from './order-ref.ts';
import { presentOrder, presentPayment, presentRefund } from './present-order.ts';
import { OrderConnection, OrderEdge, PageInfo } from './result.types.ts';

const MAX_PAGE = 100;
const MAX_SEARCH_LENGTH = 64;

@Resolver()
export class OrderResolver {
  @Query(() => OrderType, { nullable: true })
  async order(@Arg('ref', () => OrderRef) ref: OrderRef, @Ctx() context: Context): Promise<OrderType | null> {
    const named = readOrderRef(ref);
    if (named === 'not_one') throw badInput('ref must name exactly one of id and merchantOrderNo');
    if (named === 'nowhere') return null;
    const order = await context.reads.orderRow(context.caller.merchantId, named);
    return order !== undefined && maySee(context.caller, order) ? presentOrder(order, context) : null;
  }

  @Query(() => OrderConnection, { description: 'Newest first. A page stays where it is when orders are added.' })
  async orders(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => OrderFilter, { nullable: true }) filter: OrderFilter | null,
    @Ctx() context: Context,
  ): Promise<OrderConnection> {
    const merchantId = merchantOf(context);
    const size = first ?? 20;
    if (size < 1 || size > MAX_PAGE) throw badInput(`first must be from 1 to ${MAX_PAGE}`);
    const afterId = after === null || after === undefined ? undefined : readCursor(after);
    const page = await context.reads.page(merchantId, { first: size, afterId, ...readFilter(filter ?? {}) });
    return presentPage(page, { context, hasPreviousPage: afterId !== undefined });
  }

  @Query(() => NodeType, { nullable: true })
  async node(@Arg('id', () => ID) id: string, @Ctx() context: Context): Promise<NodeType | null> {
    const merchantId = merchantOf(context);
    const { reads } = context;
    const orderId = fromTypeId('ord', id);
    if (orderId !== undefined) return present(await reads.orderRow(merchantId, { id: orderId }), context, presentOrder);
    const paymentId = fromTypeId('pay', id);
    if (paymentId !== undefined)
      return present(await reads.paymentById(merchantId, paymentId), context, presentPayment);
    const refundId = fromTypeId('ref', id);
    if (refundId !== undefined) return present(await reads.refundById(merchantId, refundId), context, presentRefund);
    return null;
  }
}

function present<Row, View>(
  row: Row | undefined,
  context: Context,
  show: (row: Row, context: Context) => View,
): View | null {
  return row === undefined ? null : show(row, context);
}

function presentPage(page: OrderPage, about: { context: Context; hasPreviousPage: boolean }): OrderConnection {
  const edges = page.orders.map((order) =>
    make(OrderEdge, { cursor: cursorOf(order.id), node: presentOrder(order, about.context) }),
  );
  const pageInfo = make(PageInfo, {
    hasNextPage: page.hasNextPage,
    hasPreviousPage: about.hasPreviousPage,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
  return make(OrderConnection, { edges, pageInfo });
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

/** Opaque to clients; inside, the id of the order, which sorts by creation. */
function cursorOf(orderId: string): string {
  return Buffer.from(orderId.replaceAll('-', ''), 'hex').toString('base64url');
}

function readCursor(cursor: string): string {
  const hex = Buffer.from(cursor.slice(0, 64), 'base64url').toString('hex');
  if (hex.length !== 32) throw badInput('after is not a cursor of this list');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
