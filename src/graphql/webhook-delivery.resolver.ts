import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { type Replay, replayDeliveries } from '../deliveries/replay-deliveries.ts';
import { sendTestEvent } from '../deliveries/send-test-event.ts';
import { fromTypeId } from '../ids.ts';
import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import { badInput } from './bad-input.ts';
import { type Context, merchantOf } from './context.ts';
import { readFeedCursor } from './feed-cursor.ts';
import type { OrderRef } from './input.types.ts';
import { make } from './make.ts';
import { readOrderRef } from './order-ref.ts';
import { cursorOf, pageInfoOf, readPage } from './page.ts';
import { presentAttempt, presentDelivery, presentNotFound, presentReplayed } from './present-webhook.ts';
import { endpointIdIn, NOBODY, type WebhookNeeds } from './webhook.resolver.ts';
import { WebhookDeliveryConnection, WebhookDeliveryEdge } from './webhook.types.ts';
import { ReplayDeliveriesInput, WebhookDeliveryFilter } from './webhook-input.types.ts';
import { ReplayDeliveriesResult, SendTestEventResult } from './webhook-result.types.ts';

const MAX_EVENT_TYPE = 64;

@Resolver()
export class WebhookDeliveryResolver {
  readonly #needs: WebhookNeeds;

  constructor(needs: WebhookNeeds) {
    this.#needs = needs;
  }

  @Query(() => WebhookDeliveryConnection, {
    description: 'Newest event first; finished ones as long as the merchant keeps events.',
  })
  async webhookDeliveries(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => WebhookDeliveryFilter, { nullable: true }) filter: WebhookDeliveryFilter | null,
    @Ctx() context: Context,
  ): Promise<WebhookDeliveryConnection> {
    const merchantId = merchantOf(context, 'webhooks:manage');
    const asked = readPage(first, after);
    const { endpointId, status, order, eventType } = filter ?? {};
    if ((eventType?.length ?? 0) > MAX_EVENT_TYPE)
      throw badInput(`eventType must have at most ${MAX_EVENT_TYPE} characters`);
    const page = {
      ...asked,
      endpointId: named(endpointId) ? endpointIdIn(endpointId) : undefined,
      status: status ?? undefined,
      eventType: eventType ?? undefined,
      orderId: named(order) ? await orderIdOf(order, merchantId, context) : undefined,
    };
    const { deliveries, hasNextPage } = await this.#needs.deliveries.page(merchantId, page);
    const edges = deliveries.map((one) =>
      make(WebhookDeliveryEdge, { cursor: cursorOf(one.id), node: presentDelivery(one) }),
    );
    return make(WebhookDeliveryConnection, { edges, pageInfo: pageInfoOf(edges, { hasNextPage, asked }) });
  }

  @Mutation(() => SendTestEventResult, {
    description:
      'Sends `webhook.test` now, also to a disabled endpoint, and answers what came of it within 15 seconds.',
  })
  async sendTestEvent(
    @Arg('endpointId', () => ID) endpointId: string,
    @Ctx() context: Context,
  ): Promise<typeof SendTestEventResult> {
    const asked = { merchantId: merchantOf(context, 'webhooks:manage'), id: endpointIdIn(endpointId) };
    const outcome = await sendTestEvent(this.#needs, asked);
    return outcome.kind === 'attempt' ? presentAttempt(outcome.attempt) : presentNotFound(outcome);
  }

  @Mutation(() => ReplayDeliveriesResult)
  async replayDeliveries(
    @Arg('input', () => ReplayDeliveriesInput) input: ReplayDeliveriesInput,
    @Ctx() context: Context,
  ): Promise<typeof ReplayDeliveriesResult> {
    const merchantId = merchantOf(context, 'webhooks:manage');
    const what = readReplay(input);
    if (what.kind === 'invalid_input') return presentReplayed(what);
    const endpointId = endpointIdIn(input.endpointId);
    return presentReplayed(await replayDeliveries(this.#needs, { merchantId, endpointId, what }));
  }
}

function readReplay({ deliveryIds, failedSince, range, after }: ReplayDeliveriesInput): Replay | InvalidInput {
  const given = [deliveryIds, failedSince, range].filter(named);
  if (given.length !== 1) return invalid('input', 'must have exactly one of deliveryIds, failedSince and range');
  if (named(deliveryIds)) return readNamed(deliveryIds);
  const afterPosition = named(after) ? readFeedCursor(after) : undefined;
  if (named(range)) return { kind: 'all', from: range.from, before: range.before, afterPosition };
  return { kind: 'missed', since: failedSince ?? new Date(0), afterPosition };
}

function readNamed(deliveryIds: readonly string[]): Replay | InvalidInput {
  const ids = deliveryIds.map((id) => fromTypeId('whd', id));
  if (ids.includes(undefined)) return invalid('deliveryIds', 'must hold ids of deliveries, whd_…');
  return { kind: 'named', deliveryIds: [...new Set(ids.filter(named))] };
}

/** The id of an order of the merchant's; one that nothing has when there is none. */
async function orderIdOf(ref: OrderRef, merchantId: string, { reads }: Context): Promise<string> {
  const read = readOrderRef(ref);
  if (read === 'not_one') throw badInput('order must name exactly one of id and merchantOrderNo');
  const order = read === 'nowhere' ? undefined : await reads.orderRow(merchantId, read);
  return order?.id ?? NOBODY;
}

function named<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
