/** Where a reader inside the gateway stands in a merchant's feed, held for a while by one process. */
export interface FeedPlace {
  readonly merchantId: string;
  /** Everything up to here has been read. */
  readonly position: number;
  /** Tells this hold from every other one of the same place. */
  readonly lease: string;
}

/** The places of one reader, one a merchant. Nothing behind them is pruned from the feeds. */
export interface FeedPlaces {
  /** Up to `limit` merchants that have something to read and that nobody holds. */
  waiting(limit: number): Promise<readonly string[]>;
  /** Holds up to `limit` of these merchants' places: those where something is to be read and that nobody else holds. */
  take(merchantIds: readonly string[], limit: number): Promise<readonly FeedPlace[]>;
  /** Moves on, and holds the place anew; undefined when another process holds it by now. */
  move(place: FeedPlace, position: number): Promise<FeedPlace | undefined>;
  release(place: FeedPlace): Promise<void>;
}
