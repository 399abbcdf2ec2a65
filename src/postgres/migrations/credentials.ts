// What each API key may do and for how long, and who changed that.
//
// Keys that are there already keep all their rights, and those that a process of before still makes get them all: hence the
// defaults. A rotated or revoked key gives its label free.
import { Migration } from '@mikro-orm/migrations';

export class Credentials extends Migration {
  override name = '0006-credentials';

  override up(): void {
    for (const sql of statements) this.addSql(sql);
  }
}

const ALL =
  "'{orders:read,orders:write,refunds:write,refunds:confirm,fulfilment:write,webhooks:manage,cases:manage,admin}'::text[]";

const statements = [
  `alter table api_keys
    add column prefix text not null default '',
    add column scopes text[] not null default ${ALL},
    add column terminal_id text null,
    add column expires_at timestamptz(3) null,
    add column revoked_at timestamptz(3) null,
    add column last_used_at timestamptz(3) null,
    add constraint api_keys_terminal_check check ((terminal_id is null) = (cardinality(scopes) > 0))`,
  `alter table api_keys drop constraint api_keys_label_key`,
  `create unique index api_keys_label_key on api_keys (merchant_id, label) where revoked_at is null and expires_at is null`,
  `create table audit_notes (
    merchant_id uuid not null,
    id uuid not null,
    actor text not null,
    at timestamptz(3) not null,
    action text not null,
    subject uuid not null,
    details jsonb not null,
    constraint audit_notes_pkey primary key (merchant_id, id)
  )`,
  `create trigger audit_notes_append_only before update or delete or truncate on audit_notes
    for each statement execute function refuse_change()`,
];
