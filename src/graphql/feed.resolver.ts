import { Arg, Ctx, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { newUuid } from '../ids.ts';
import { type PlacedEvent, RETENTION_DAYS } from '../orders/feed.ts';
import { followFeed, LostPlace } from '../orders/follow-feed.ts';
import { badInput } from './bad-input.ts';
import { type Context, callerWith, merchantOf } from './context.ts';
import { FeedEvent, FeedEventConnection, FeedEventEdge } from './feed.types.ts';
import { feedCursor, readFeedCursor, requirePlace, resync } from './feed-cursor.ts';
import { make } from './make.ts';
import { readPageSize } from './page.ts';
import { PageInfo } from './page.types.ts';
import { presentPlaced } from './present-feed.ts';

const RESYNC =
  'A cursor whose events are no longer kept is the error RESYNC, with oldestCursor and endCursor in its extensions.';

@Resolver()
export class FeedResolver {
  @Query(() => FeedEventConnection, {
    description: `Every event of every order, in one order, oldest first; without \`after\` from the oldest that is kept. ${RESYNC}`,
  })
  async events(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<FeedEventConnection> {
    const limit = readPageSize(first);
    const merchantId = merchantOf(context, 'orders:read');
    const place = after === null || after === undefined ? undefined : readFeedCursor(after);
    const page = await context.feed.read(merchantId, { after: place ?? 0, limit });
    const from = place ?? page.prunedPosition;
    requirePlace(page, from);
    const edges = page.events.map((placed) => {
      const node = presentPlaced(placed);
      return make(FeedEventEdge, { cursor: node.cursor, node });
    });
    const end = page.events.at(-1)?.position ?? from;
    const pageInfo = make(PageInfo, {
      hasNextPage: end < page.lastPosition,
      hasPreviousPage: from > page.prunedPosition,
      startCursor: edges.at(0)?.cursor ?? feedCursor(from),
      endCursor: feedCursor(end),
    });
    return make(FeedEventConnection, { edges, pageInfo });
  }

  @Subscription(() => FeedEvent, {
    subscribe: ({ args, context }) => subscribe(args.after, context),
    description:
      'Every event of every order as it happens. With `after`: all events behind that cursor, in order, none missing and none ' +
      `twice, then the live ones. Without: from now on. ${RESYNC}`,
  })
  orderEvents(
    @Arg('after', () => String, { nullable: true }) _after: string | null,
    @Root() placed: PlacedEvent,
  ): FeedEvent {
    return presentPlaced(placed);
  }

  @Query(() => Int, {
    description: 'Days for which `events` and `orderEvents` keep an event. An order keeps its own for ever.',
  })
  eventRetentionDays(@Ctx() context: Context): Promise<number> {
    return context.feed.retentionDays(merchantOf(context, 'orders:read'));
  }

  @Mutation(() => Int, {
    description: `From ${RETENTION_DAYS.least} to ${RETENTION_DAYS.most} days; older events are forgotten soon after.`,
  })
  async setEventRetentionDays(@Arg('days', () => Int) days: number, @Ctx() context: Context): Promise<number> {
    const { merchantId, keyId } = callerWith(context, 'admin');
    const { least, most } = RETENTION_DAYS;
    if (days < least || days > most) throw badInput(`days must be from ${least} to ${most}`);
    const at = context.clock.now();
    await context.feed.keepFor(merchantId, days, { id: newUuid(at), actor: keyId, at });
    return days;
  }
}

async function subscribe(cursor: string | null | undefined, context: Context): Promise<AsyncIterable<PlacedEvent>> {
  const { feed, wakeUps, onFault } = context;
  const merchantId = merchantOf(context, 'orders:read');
  const asked = cursor === null || cursor === undefined ? undefined : readFeedCursor(cursor);
  const page = await feed.read(merchantId, { after: asked ?? 0, limit: 1 });
  const after = asked ?? page.lastPosition;
  requirePlace(page, after);
  return orResync(followFeed({ feed, wakeUps, onFault }, { merchantId, after }));
}

/** A reader that falls behind its retention is told so, like one that comes back too late. */
function orResync(events: AsyncIterableIterator<PlacedEvent>): AsyncIterableIterator<PlacedEvent> {
  return {
    ...events,
    next: () =>
      events.next().catch((error: unknown) => {
        throw error instanceof LostPlace ? resync(error.page) : error;
      }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
