// A place in a merchant's feed, opaque to clients.
import { GraphQLError } from 'graphql';
import { type FeedPage, hasLostPlace } from '../orders/feed.ts';
import { badInput } from './bad-input.ts';

const PREFIX = 'feed:';
const MAX_LENGTH = 40;

export function feedCursor(position: number): string {
  return Buffer.from(`${PREFIX}${position}`).toString('base64url');
}

/** @throws BAD_USER_INPUT for what is no cursor of a feed. */
export function readFeedCursor(cursor: string): number {
  const text = cursor.length <= MAX_LENGTH ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
  const digits = /^feed:(0|[1-9]\d{0,14})$/.exec(text)?.[1];
  if (digits === undefined) throw badInput('after is not a cursor of the feed');
  return Number(digits);
}

/** @throws RESYNC when the feed can't be followed from `after`. */
export function requirePlace(page: FeedPage, after: number): void {
  if (hasLostPlace(page, after)) throw resync(page);
}

/** The events behind the cursor are gone; what is still kept follows `oldestCursor`, the present is at `endCursor`. */
export function resync({ prunedPosition, lastPosition }: FeedPage): GraphQLError {
  return new GraphQLError(
    'The events after this cursor are no longer kept. Read the orders you need, then go on from oldestCursor or endCursor.',
    {
      extensions: {
        code: 'RESYNC',
        oldestCursor: feedCursor(prunedPosition),
        endCursor: feedCursor(lastPosition),
      },
    },
  );
}
