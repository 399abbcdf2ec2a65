import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { DeliveryReads, EndpointStore } from '../deliveries/ports.ts';
import { fromTypeId, type IdPrefix } from '../ids.ts';
import type { Scope } from '../merchants/scopes.ts';
import { type Context, merchantOf } from './context.ts';
import { NodeType } from './node.types.ts';
import { presentCase, presentOrder, presentPayment, presentRefund, readOwner } from './present-order.ts';
import { presentDelivery, presentEndpoint } from './present-webhook.ts';

/** Finds a thing of the merchant's by its own id. */
type Find = (context: Context, merchantId: string, id: string) => Promise<NodeType | null>;

export interface NodeNeeds {
  readonly endpoints: Pick<EndpointStore, 'find'>;
  readonly deliveries: Pick<DeliveryReads, 'find'>;
}

const kinds = ({ endpoints, deliveries }: NodeNeeds): readonly (readonly [IdPrefix, Scope, Find])[] => [
  [
    'ord',
    'orders:read',
    async (context, of, id) => show(await context.reads.orderRow(of, { id }), (row) => presentOrder(row, context)),
  ],
  [
    'pay',
    'orders:read',
    async ({ reads }, of, id) => show(await reads.paymentById(of, id), (row) => presentPayment(row, readOwner(row))),
  ],
  [
    'ref',
    'orders:read',
    async (context, of, id) =>
      show(await context.reads.refundById(of, id), (row) => presentRefund(row, readOwner(row), context)),
  ],
  ['case', 'cases:manage', async ({ reads }, of, id) => show(await reads.caseById(of, id), presentCase)],
  ['whe', 'webhooks:manage', async (_, of, id) => show(await endpoints.find(of, id), presentEndpoint)],
  ['whd', 'webhooks:manage', async (_, of, id) => show(await deliveries.find(of, id), presentDelivery)],
];

@Resolver()
export class NodeResolver {
  readonly #kinds: ReturnType<typeof kinds>;

  constructor(needs: NodeNeeds) {
    this.#kinds = kinds(needs);
  }

  @Query(() => NodeType, { nullable: true })
  async node(@Arg('id', () => ID) named: string, @Ctx() context: Context): Promise<NodeType | null> {
    for (const [prefix, scope, find] of this.#kinds) {
      const id = fromTypeId(prefix, named);
      if (id !== undefined) return find(context, merchantOf(context, scope), id);
    }
    merchantOf(context, 'orders:read');
    return null;
  }
}

function show<Row>(row: Row | undefined, present: (row: Row) => NodeType): NodeType | null {
  return row === undefined ? null : present(row);
}
