// Which key each signed message was verified with, and a digest that tells a flipped byte of it.
//
// The columns are nullable and unchecked: adding them rewrites and scans nothing, however many messages there are.
// No foreign key to verification_keys: every message would lock the same key's row.
import { Migration } from '@mikro-orm/migrations';

export class EvidenceKeys extends Migration {
  override name = '0005-evidence-keys';

  override up(): void {
    for (const sql of statements) this.addSql(sql);
  }
}

const statements = [
  `create table verification_keys (
    key_id text primary key constraint verification_keys_key_id_check check (char_length(key_id) = 64),
    public_key text not null,
    certificate text null,
    first_seen_at timestamptz(3) not null
  )`,
  `create trigger verification_keys_append_only before update or delete or truncate on verification_keys
    for each statement execute function refuse_change()`,
  `alter table evidence add column key_id text null, add column digest text null`,
];
