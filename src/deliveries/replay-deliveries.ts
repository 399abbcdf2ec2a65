import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import type { Clock } from '../orders/ports.ts';
import type { ReplayOutcome } from './outcomes.ts';
import type { EndpointStore, Replays } from './ports.ts';

/** Deliveries that may be named at once. */
const MOST_NAMED = 100;
/** Positions of the feed that one statement looks at, and how many statements one call runs at most. */
const WINDOW = 500;
const MOST_WINDOWS = 20;

export interface ReplayNeeds {
  readonly endpoints: Pick<EndpointStore, 'find'>;
  readonly replays: Replays;
  readonly clock: Clock;
}

export interface ReplayDeliveries {
  readonly merchantId: string;
  readonly endpointId: string;
  readonly what: Replay;
}

/**
 * `named`: these, whatever became of them. `missed`: every event since then that has not arrived, also those that
 * nobody tried to send because the endpoint was disabled. `all`: every event of that time, arrived or not.
 */
export type Replay =
  | { readonly kind: 'named'; readonly deliveryIds: readonly string[] }
  | { readonly kind: 'missed'; readonly since: Date; readonly afterPosition: number | undefined }
  | {
      readonly kind: 'all';
      readonly from: Date;
      readonly before: Date;
      readonly afterPosition: number | undefined;
    };

/** Sends again, with the same ids, from the feed: as far back as the merchant keeps its events. */
export async function replayDeliveries(
  needs: ReplayNeeds,
  { merchantId, endpointId, what }: ReplayDeliveries,
): Promise<ReplayOutcome> {
  const fault = faultIn(what);
  if (fault !== undefined) return fault;
  if ((await needs.endpoints.find(merchantId, endpointId)) === undefined) return { kind: 'webhook_endpoint_not_found' };
  if (what.kind !== 'named') return fromFeed(needs, { merchantId, endpointId, what });
  const count = await needs.replays.again(merchantId, endpointId, what.deliveryIds, needs.clock.now());
  return { kind: 'replayed', count, nextPosition: null };
}

function faultIn(what: Replay): InvalidInput | undefined {
  if (what.kind === 'all') return what.from < what.before ? undefined : invalid('range', 'must begin before it ends');
  if (what.kind === 'missed') return undefined;
  const count = what.deliveryIds.length;
  return count > 0 && count <= MOST_NAMED
    ? undefined
    : invalid('deliveryIds', `must hold 1 to ${MOST_NAMED} deliveries`);
}

async function fromFeed(
  { replays, clock }: ReplayNeeds,
  { merchantId, endpointId, what }: ReplayDeliveries & { what: Exclude<Replay, { kind: 'named' }> },
): Promise<ReplayOutcome> {
  const from = what.kind === 'all' ? what.from : what.since;
  const before = what.kind === 'all' ? what.before : null;
  const asked = { limit: WINDOW, from, before, arrivedToo: what.kind === 'all', now: clock.now() };
  let position = what.afterPosition ?? (await replays.positionAt(merchantId, from));
  let count = 0;
  for (let window = 0; window < MOST_WINDOWS; window += 1) {
    const { queued, reached } = await replays.fromFeed(merchantId, endpointId, { ...asked, afterPosition: position });
    count += queued;
    if (reached === null) return { kind: 'replayed', count, nextPosition: null };
    position = reached;
  }
  return { kind: 'replayed', count, nextPosition: position };
}
