import type { Operations } from '../merchants/ports.ts';
import type { Operation } from '../orders/operation.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf } from './statement.ts';
import * as statements from './statements/operations.ts';
import { timestamp, timestampOrNull } from './timestamps.ts';

interface OperationRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly kind: Operation['kind'];
  readonly order_id: string | null;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly summary: string;
  readonly state: Operation['state'];
  readonly expires_at: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_MAKERS = 10_000;
/** What is over must not stand in the way of the same asked for again. */
const EXPIRED_AT_ONCE = 1_000;

export function postgresOperations({ pool }: Pick<Database, 'pool'>): Operations {
  /** A key's line never changes. */
  const makers = new Map<string, string>();
  const store: Operations = {
    async find(merchantId, id) {
      const row = await rowOf<OperationRow>(pool, statements.findOperation, [merchantId, id]);
      return row && toOperation(row);
    },
    async page(merchantId, { first, afterId, kinds, now }) {
      const values = [merchantId, first + 1, afterId ?? null, kinds, now];
      const rows = await rowsOf<OperationRow>(pool, statements.operationPage, values);
      return { operations: rows.slice(0, first).map(toOperation), hasNextPage: rows.length > first };
    },
    async ask(operation, digest, note) {
      const { merchantId, id, kind, askedBy, summary, expiresAt } = operation;
      await store.expire(note.at, EXPIRED_AT_ONCE);
      const values = [merchantId, note.id, note.actor, note.at, id, kind, askedBy, summary, digest, expiresAt];
      const asked = await rowOf<OperationRow>(pool, statements.askOperation, values);
      const open = asked ?? (await rowOf<OperationRow>(pool, statements.openOperation, [merchantId, askedBy, digest]));
      // Between the two it was used up or turned down: then it is asked for anew.
      return open === undefined ? store.ask(operation, digest, note) : toOperation(open);
    },
    async use({ merchantId, askedBy, digest }, { id, actor, at }) {
      return (await rowOf(pool, statements.useOperation, [merchantId, id, actor, at, askedBy, digest])) !== undefined;
    },
    async decide({ merchantId, id, approve }, note) {
      const values = [merchantId, note.id, note.actor, note.at, id, approve ? 'APPROVED' : 'REJECTED'];
      const row = await rowOf<OperationRow>(pool, statements.decideOperation, values);
      return row && toOperation(row);
    },
    async expire(now, limit) {
      return (await rowOf<{ expired: number }>(pool, statements.expireOperations, [now, limit]))?.expired ?? 0;
    },
    async makerOf(merchantId, credentialId) {
      const known = makers.get(credentialId);
      if (known !== undefined || !UUID.test(credentialId)) return known ?? credentialId;
      const row = await rowOf<{ id: string }>(pool, statements.makerOfKey, [merchantId, credentialId]);
      const maker = row?.id ?? credentialId;
      if (makers.size >= MAX_MAKERS) makers.clear();
      makers.set(credentialId, maker);
      return maker;
    },
    async askedOn({ merchantId, askedBy, day }) {
      type Row = { readonly fen: string; readonly last_turn: number };
      const row = await rowOf<Row>(pool, statements.askedOnDay, [merchantId, askedBy, day]);
      return { fen: BigInt(row?.fen ?? 0), lastTurn: row?.last_turn ?? 0 };
    },
  };
  return store;
}

function toOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    kind: row.kind,
    orderId: row.order_id,
    askedBy: row.asked_by,
    askedAt: timestamp(row.asked_at),
    summary: row.summary,
    state: row.state,
    expiresAt: timestamp(row.expires_at),
    decidedBy: row.decided_by,
    decidedAt: timestampOrNull(row.decided_at),
  };
}
