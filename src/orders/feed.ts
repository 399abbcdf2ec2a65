// A merchant's events, in one order that every reader sees alike: whoever has seen a position has missed nothing before it.
import type { OrderEvent } from './event.ts';
import type { StepNote } from './operation.ts';

/** An event with its place in its merchant's feed, counted from 1. Positions never move and never leave a gap open. */
export interface PlacedEvent {
  readonly position: number;
  readonly event: OrderEvent;
  readonly merchantOrderNo: string;
}

/** A part of a feed, and how far the whole of it reaches. */
export interface FeedPage {
  /** In the order of their positions. */
  readonly events: readonly PlacedEvent[];
  /** Of the latest event; 0 when there is none. */
  readonly lastPosition: number;
  /** Everything up to here is no longer kept; 0 when nothing is gone. */
  readonly prunedPosition: number;
}

export interface FeedAsked {
  /** The last position seen; 0 for the beginning. */
  readonly after: number;
  readonly limit: number;
}

export interface Feed {
  read(merchantId: string, asked: FeedAsked): Promise<FeedPage>;
  /** How many days events are kept in the feed. Orders keep their own events for ever. */
  retentionDays(merchantId: string): Promise<number>;
  keepFor(merchantId: string, days: number, note: StepNote): Promise<void>;
}

export const RETENTION_DAYS = { least: 1, most: 3_650 } as const;

/**
 * True when a reader at `after` can't go on: events behind it are gone, or it comes from a feed that reached further
 * than this one, as before a database was restored.
 */
export function hasLostPlace({ prunedPosition, lastPosition }: FeedPage, after: number): boolean {
  return after < prunedPosition || after > lastPosition;
}
