// The audit log on a real server: what the trigger chains, whoever writes, and what becomes of the notes of before.
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { checkNote, NO_NOTE, type NoteLink } from '../../src/merchants/audit-chain.ts';
import type { KeptNote } from '../../src/merchants/ports.ts';
import { findNoteHeads, postgresAuditLog, walkNotes } from '../../src/postgres/audit-notes.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { initOrm } from '../../src/postgres/orm.ts';
import { bareDatabase, type FreshDatabase } from '../support/database.ts';

let fresh: FreshDatabase;
let sql: Client;
let database: Database;

const NOON = new Date('2026-11-23T12:00:00.120Z');
const OLD = newUuid(NOON);

/** As every writer does, one of the version before too. */
async function write(merchantId: string, more: { actor?: string; details?: object; at?: Date } = {}): Promise<void> {
  const { actor = 'ann', details = { label: 'Kasse – 茶 "1"', n: 1.5, list: [1, null] }, at = NOON } = more;
  await (database?.pool ?? sql).query(
    `insert into audit_notes (merchant_id, id, actor, at, action, subject, details) values ($1, $2, $3, $4, 'api_key.created', $5, $6)`,
    [merchantId, newUuid(at), actor, at, newUuid(at), details],
  );
}

async function notesOf(merchantId: string): Promise<KeptNote[]> {
  const notes: KeptNote[] = [];
  for await (const note of walkNotes(database)) if (note.merchantId === merchantId) notes.push(note);
  return notes;
}

function expectChained(notes: readonly KeptNote[]): void {
  let before: NoteLink = NO_NOTE;
  for (const note of notes) {
    expect(checkNote(note, before)).toEqual([]);
    before = note;
  }
}

beforeAll(async () => {
  fresh = await bareDatabase();
  const orm = await initOrm({ url: fresh.url, poolMax: 1, statementTimeoutMs: 0, warn: () => {} });
  await orm.migrator.up({ to: '0006-credentials' });
  await orm.close();
  sql = new Client(fresh.url);
  await sql.connect();
  for (const seconds of [2, 0, 1]) await write(OLD, { at: new Date(NOON.getTime() + seconds * 1_000) });
  expect(await migrate(fresh.url)).toContain('0010-audit-chain');
  database = await openDatabase({ url: fresh.url, poolMax: 8 });
});

afterAll(async () => {
  await sql?.end();
  await database?.close();
  await fresh?.drop();
});

test('notes from before are chained in the order in which they were made, and go on', async () => {
  await write(OLD);
  const notes = await notesOf(OLD);
  expect(notes.map(({ at }) => at.getUTCSeconds())).toEqual([0, 1, 2, 0]);
  expectChained(notes);
});

test('notes written at once get places one after the other; merchants do not wait for each other', async () => {
  const [one, other] = [newUuid(NOON), newUuid(NOON)];
  await Promise.all(Array.from({ length: 40 }, (_, n) => write(n % 2 === 0 ? one : other, { actor: `a\n${n}` })));
  for (const merchantId of [one, other]) {
    const notes = await notesOf(merchantId);
    expect(notes.map(({ position }) => position)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expectChained(notes);
    expect((await findNoteHeads(database)).get(merchantId)).toEqual({ position: 20, hash: notes.at(-1)?.hash });
  }
});

test('what is rolled back leaves no gap', async () => {
  const merchantId = newUuid(NOON);
  await write(merchantId);
  await sql.query('begin');
  await sql.query(
    `insert into audit_notes (merchant_id, id, actor, at, action, subject, details) select merchant_id, gen_random_uuid(), actor, at, action, subject, details
     from audit_notes where merchant_id = $1`,
    [merchantId],
  );
  await sql.query('rollback');
  await write(merchantId);
  const notes = await notesOf(merchantId);
  expect(notes.map(({ position }) => position)).toEqual([1, 2]);
  expectChained(notes);
});

test('a writer chooses neither place nor hash', async () => {
  const merchantId = newUuid(NOON);
  await sql.query(
    `insert into audit_notes values ($1, $2, 'eve', now(), 'api_key.created', $2, '{}', 7, repeat('f', 64), repeat('f', 64))`,
    [merchantId, newUuid(NOON)],
  );
  expectChained(await notesOf(merchantId));
});

test('pages go from the newest on and stay where they are', async () => {
  const [merchantId, log] = [newUuid(NOON), postgresAuditLog(database)];
  for (let n = 1; n <= 5; n += 1) await write(merchantId, { actor: `a${n}` });
  const first = await log.page(merchantId, { first: 2, before: undefined });
  expect([first.notes.map(({ actor }) => actor), first.hasNextPage]).toEqual([['a5', 'a4'], true]);
  await write(merchantId, { actor: 'a6' });
  const rest = await log.page(merchantId, { first: 9, before: first.notes.at(-1)?.position });
  expect([rest.notes.map(({ actor }) => actor), rest.hasNextPage]).toEqual([['a3', 'a2', 'a1'], false]);
  expect((await log.page(newUuid(NOON), { first: 9, before: undefined })).notes).toEqual([]);
});
