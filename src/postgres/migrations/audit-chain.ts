// The audit log as a chain: each merchant's notes in one order, each sealed by a hash over the one before and all it says.
//
// A trigger does it, so that whoever writes a note, a process of the version before included, gets it for nothing. It takes
// the lock of the merchant's row in audit_heads: notes are rare, and no two of one merchant get the same place.
import { Migration } from '@mikro-orm/migrations';

export class AuditChain extends Migration {
  override name = '0010-audit-chain';

  override up(): void {
    for (const sql of [...columns, ...chain, ...notesSoFar]) this.addSql(sql);
  }
}

const columns = [
  `alter table audit_notes add column position bigint null, add column prev_hash text null, add column hash text null`,
  `create table audit_heads (
    merchant_id uuid not null,
    position bigint not null constraint audit_heads_position_check check (position >= 0),
    hash text not null constraint audit_heads_hash_check check (char_length(hash) = 64),
    primary key (merchant_id)
  )`,
];

// The actor comes last: it is the only one of them that may hold a line end.
const chain = [
  `create function chain_audit_note() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as
    $$
    declare head audit_heads;
    begin
      insert into audit_heads (merchant_id, position, hash) values (new.merchant_id, 0, repeat('0', 64))
        on conflict do nothing;
      select * into strict head from audit_heads where merchant_id = new.merchant_id for update;
      new.position := head.position + 1;
      new.prev_hash := head.hash;
      new.hash := encode(sha256(convert_to(concat_ws(E'\\n', new.prev_hash, new.position::text, new.id::text,
        new.merchant_id::text, to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), new.action,
        coalesce(new.subject::text, ''), new.details::text, new.actor), 'UTF8')), 'hex');
      update audit_heads set position = new.position, hash = new.hash where merchant_id = new.merchant_id;
      return new;
    end $$`,
  `create trigger audit_notes_chain before insert on audit_notes for each row execute function chain_audit_note()`,
];

// Those that are there are taken out and put in again, in the order of their ids, which sort by time.
const notesSoFar = [
  `create table notes_so_far as select * from audit_notes`,
  `alter table audit_notes disable trigger audit_notes_append_only`,
  `delete from audit_notes`,
  `alter table audit_notes enable trigger audit_notes_append_only`,
  `insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select merchant_id, id, actor, at, action, subject, details from notes_so_far order by merchant_id, id`,
  `drop table notes_so_far`,
  `alter table audit_notes alter column position set not null, alter column prev_hash set not null,
    alter column hash set not null,
    add constraint audit_notes_position_check check (position > 0),
    add constraint audit_notes_prev_hash_check check (char_length(prev_hash) = 64),
    add constraint audit_notes_hash_check check (char_length(hash) = 64),
    add constraint audit_notes_position_key unique (merchant_id, position)`,
];
