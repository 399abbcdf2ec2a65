import type { Step } from '../deliveries/after-attempt.ts';
import type { Due } from '../deliveries/delivery.ts';
import type { DeliveryQueue } from '../deliveries/ports.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf, type Value } from './statement.ts';
import { fanOut } from './statements/webhook-fan-out.ts';
import { finishAttempt } from './statements/webhook-finish.ts';
import { pendingFigures } from './statements/webhook-reads.ts';
import { pruneDeliveries } from './statements/webhook-replay.ts';
import { releaseDelivery, takeDeliveries } from './statements/webhook-take.ts';
import { timestampOrNull } from './timestamps.ts';
import { type DueRow, toDue } from './webhook-rows.ts';

/** Events of one endpoint, and endpoints, that one statement serves. */
const EVENTS = 200;
const ENDPOINTS = 20;

export function postgresDeliveryQueue({ pool }: Pick<Database, 'pool'>): DeliveryQueue {
  return {
    async fanOut(now) {
      const row = await rowOf<{ looked: number }>(pool, fanOut, [now, EVENTS, ENDPOINTS]);
      return row?.looked ?? 0;
    },
    take: async (limit, now) => (await rowsOf<DueRow>(pool, takeDeliveries, [now, limit])).map(toDue),
    async finish(due, attempt, step) {
      const { at, statusCode, latencyMs, answer, reason } = attempt;
      const follows: Value[] = [STATUS[step.kind], dueAt(step), step.kind === 'succeeded', restsUntil(step)];
      const values = [...placeOf(due, due.deliveryId), ...follows, at, statusCode, latencyMs, answer, reason];
      const row = await rowOf<HealthRow>(pool, finishAttempt, values);
      return row && { failures: row.failures ?? 0, failingSince: timestampOrNull(row.failing_since) };
    },
    async release(due) {
      await rowsOf(pool, releaseDelivery, placeOf(due));
    },
    async prune(now, limit) {
      return (await rowOf<{ gone: number }>(pool, pruneDeliveries, [now, limit]))?.gone ?? 0;
    },
  };
}

export interface PendingFigures {
  /** Counted up to 100,000. */
  readonly pending: number;
  /** When the oldest of those that an enabled endpoint is owed was made. */
  readonly since: Date | null;
}

export async function pendingDeliveries({ pool }: Pick<Database, 'pool'>): Promise<PendingFigures> {
  const row = await rowOf<{ pending: number; since: string | null }>(pool, pendingFigures, []);
  return { pending: row?.pending ?? 0, since: timestampOrNull(row?.since ?? null) };
}

/** An endpoint that was well and is well has no news. */
interface HealthRow {
  readonly failures: number | null;
  readonly failing_since: string | null;
}

const STATUS: Readonly<Record<Step['kind'], string>> = { succeeded: 'SUCCEEDED', failed: 'FAILED', again: 'PENDING' };

function dueAt(step: Step): Date | null {
  return step.kind === 'again' ? step.dueAt : null;
}

function restsUntil(step: Step): Date | null {
  return step.kind === 'succeeded' ? null : step.restsUntil;
}

/** What leads to the row of the queue, and the hold. */
function placeOf({ merchantId, endpoint, deliveryId, content, hold }: Due, ...between: string[]): Value[] {
  const [lane, turn] =
    content.kind === 'event' ? [content.event.event.orderId, content.event.event.version] : [deliveryId, 1];
  return [merchantId, endpoint.id, ...between, lane, turn, hold];
}
