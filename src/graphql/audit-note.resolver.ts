import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { type IdPrefix, toTypeId } from '../ids.ts';
import type { AuditLog, ReadNote } from '../merchants/ports.ts';
import { AuditNoteConnection, AuditNoteEdge, AuditNoteType } from './audit-note.types.ts';
import { badInput } from './bad-input.ts';
import { type Context, merchantOf } from './context.ts';
import { make } from './make.ts';
import { pageInfoOf, readPageSize } from './page.ts';

@Resolver()
export class AuditNoteResolver {
  readonly #log: AuditLog;

  constructor(log: AuditLog) {
    this.#log = log;
  }

  @Query(() => AuditNoteConnection, {
    description: "Newest first: what was done to the merchant's settings, and by whom.",
  })
  async auditNotes(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<AuditNoteConnection> {
    const merchantId = merchantOf(context, 'admin');
    const asked = { first: readPageSize(first), afterId: after ?? undefined };
    const before = asked.afterId === undefined ? undefined : readNoteCursor(asked.afterId);
    const { notes, hasNextPage } = await this.#log.page(merchantId, { first: asked.first, before });
    const edges = notes.map((note) =>
      make(AuditNoteEdge, { cursor: noteCursor(note.position), node: presentNote(note) }),
    );
    return make(AuditNoteConnection, { edges, pageInfo: pageInfoOf(edges, { hasNextPage, asked }) });
  }
}

const PREFIX = 'note:';
const MAX_CURSOR_LENGTH = 40;

function noteCursor(position: number): string {
  return Buffer.from(`${PREFIX}${position}`).toString('base64url');
}

/** @throws BAD_USER_INPUT for what is no cursor of this list. */
function readNoteCursor(cursor: string): number {
  const text = cursor.length <= MAX_CURSOR_LENGTH ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
  const digits = /^note:([1-9]\d{0,14})$/.exec(text)?.[1];
  if (digits === undefined) throw badInput('after is not a cursor of this list');
  return Number(digits);
}

/** The first word of an action says what its subject is; these have ids of their own outside. */
const SUBJECTS: Readonly<Record<string, IdPrefix>> = {
  api_key: 'key',
  operation: 'op',
  merchant: 'mer',
  confirmation_policy: 'mer',
  case_policy: 'mer',
  event_retention: 'mer',
  webhook_endpoint: 'whe',
};

function presentNote({ id, actor, byKey, action, subject, details, at }: ReadNote): AuditNoteType {
  const kind = SUBJECTS[action.split('.', 1)[0] ?? ''];
  return make(AuditNoteType, {
    id: toTypeId('note', id),
    actor: byKey ? toTypeId('key', actor) : actor,
    action,
    subject: kind === undefined ? subject : toTypeId(kind, subject),
    details: JSON.parse(details),
    at,
  });
}
