import type { NoteLink } from '../merchants/audit-chain.ts';
import type { AuditLog, KeptNote } from '../merchants/ports.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { nextNotes, noteHeads, notePage } from './statements/audit-notes.ts';
import { timestamp } from './timestamps.ts';

interface NoteRow {
  readonly merchant_id: string;
  readonly id: string;
  readonly actor: string;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly details: string;
  readonly position: string;
  readonly prev_hash: string;
  readonly hash: string;
}

export function postgresAuditLog({ pool }: Pick<Database, 'pool'>): AuditLog {
  return {
    async page(merchantId, { first, before }) {
      const values = [merchantId, first + 1, before === undefined ? null : String(before)];
      const rows = await rowsOf<NoteRow & { by_key: boolean }>(pool, notePage, values);
      const notes = rows.slice(0, first).map((row) => ({ ...toNote(row), byKey: row.by_key }));
      return { notes, hasNextPage: rows.length > first };
    },
  };
}

const NOTHING = '00000000-0000-0000-0000-000000000000';
const NOTES_AT_A_TIME = 500;

/** Every merchant's notes, each merchant's in their order. */
export async function* walkNotes({ pool }: Pick<Database, 'pool'>): AsyncGenerator<KeptNote> {
  let [merchantId, position] = [NOTHING, 0];
  for (;;) {
    const rows = await rowsOf<NoteRow>(pool, nextNotes, [merchantId, String(position), NOTES_AT_A_TIME]);
    for (const row of rows) yield toNote(row);
    const last = rows.at(-1);
    if (last === undefined) return;
    [merchantId, position] = [last.merchant_id, Number(last.position)];
  }
}

/** Where each merchant's notes end now. */
export async function findNoteHeads({ pool }: Pick<Database, 'pool'>): Promise<ReadonlyMap<string, NoteLink>> {
  type Row = { readonly merchant_id: string; readonly position: string; readonly hash: string };
  const rows = await rowsOf<Row>(pool, noteHeads, []);
  return new Map(rows.map(({ merchant_id, position, hash }) => [merchant_id, { position: Number(position), hash }]));
}

function toNote(row: NoteRow): KeptNote {
  return {
    merchantId: row.merchant_id,
    id: row.id,
    actor: row.actor,
    at: timestamp(row.at),
    action: row.action,
    subject: row.subject,
    details: row.details,
    position: Number(row.position),
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}
