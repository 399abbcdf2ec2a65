// What really happened to the orders of an episode: the rows.
import type { Pool } from 'pg';
import { toTypeId } from '../../src/ids.ts';
import type { SeenEvent } from './observer.ts';

export interface HappenedOrder {
  readonly id: string;
  readonly typeId: string;
  readonly merchantOrderNo: string;
  readonly status: string;
  readonly version: number;
  readonly amountFen: bigint;
  readonly events: readonly SeenEvent[];
}

export interface Truth {
  readonly orders: readonly HappenedOrder[];
}

interface Row {
  readonly id: string;
  readonly merchant_order_no: string;
  readonly status: string;
  readonly version: number;
  readonly amount_fen: string;
  readonly events: readonly SeenEvent[] | null;
}

export async function readTruth(pool: Pool, merchantOrderNos: readonly string[]): Promise<Truth> {
  const { rows } = await pool.query<Row>(
    `select id, merchant_order_no, status, version, amount_fen,
       (select json_agg(json_build_object('id', e.id, 'version', version, 'type', type, 'status', e.status) order by version)
        from order_events e where e.merchant_id = o.merchant_id and e.order_id = o.id) as events
     from orders o where merchant_order_no = any ($1)`,
    [merchantOrderNos],
  );
  return { orders: rows.map(happened) };
}

function happened({ id, merchant_order_no, status, version, amount_fen, events }: Row): HappenedOrder {
  return {
    id,
    typeId: toTypeId('ord', id),
    merchantOrderNo: merchant_order_no,
    status,
    version,
    amountFen: BigInt(amount_fen),
    events: (events ?? []).map((event) => ({ ...event, id: toTypeId('evt', event.id) })),
  };
}
