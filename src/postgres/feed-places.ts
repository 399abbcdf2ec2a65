import type { FeedPlace, FeedPlaces } from '../deliveries/feed-places.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf } from './statement.ts';
import {
  backlogOf,
  introduceReader,
  movePlace,
  releasePlace,
  takePlaces,
  waitingPlaces,
} from './statements/feed-places.ts';
import { readSetting } from './statements/settings.ts';
import { timestampOrNull } from './timestamps.ts';

export interface Backlog {
  readonly events: number;
  /** When the oldest of them was placed in its feed; null when there is none. */
  readonly waitsSince: Date | null;
}

export interface ReaderPlaces extends FeedPlaces {
  /** Once for ever: the reader begins at every merchant's present end, and at the beginning of those who come later. */
  introduce(): Promise<void>;
  isIntroduced(): Promise<boolean>;
  backlog(): Promise<Backlog>;
}

interface PlaceRow {
  readonly merchant_id: string;
  readonly position: string;
  readonly taken_until: string;
}

/** A process that dies holds its places for so long. */
const LEASE_MS = 20_000;

/** The broker's places. */
export function brokerPlaces(database: Pick<Database, 'pool'>): ReaderPlaces {
  return postgresFeedPlaces(database, 'broker');
}

function postgresFeedPlaces({ pool }: Pick<Database, 'pool'>, reader: string): ReaderPlaces {
  const setting = `READER_${reader}`;
  return {
    async introduce() {
      await rowsOf(pool, introduceReader, [reader, setting]);
    },

    async isIntroduced() {
      return (await rowOf(pool, readSetting, [setting])) !== undefined;
    },

    async waiting(limit) {
      const rows = await rowsOf<{ merchant_id: string }>(pool, waitingPlaces, [reader, limit]);
      return rows.map(({ merchant_id }) => merchant_id);
    },

    async take(merchantIds, limit) {
      return (await rowsOf<PlaceRow>(pool, takePlaces, [reader, merchantIds, limit, LEASE_MS])).map(toPlace);
    },

    async move({ merchantId, position, lease }, to) {
      const row = await rowOf<PlaceRow>(pool, movePlace, [merchantId, reader, lease, position, to, LEASE_MS]);
      return row && toPlace(row);
    },

    async release({ merchantId, lease }) {
      await rowsOf(pool, releasePlace, [merchantId, reader, lease]);
    },

    async backlog() {
      const row = await rowOf<{ events: string; waits_since: string | null }>(pool, backlogOf, [reader]);
      return { events: Number(row?.events ?? 0), waitsSince: timestampOrNull(row?.waits_since ?? null) };
    },
  };
}

function toPlace({ merchant_id, position, taken_until }: PlaceRow): FeedPlace {
  return { merchantId: merchant_id, position: Number(position), lease: taken_until };
}
