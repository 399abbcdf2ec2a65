// What a second person is to agree to: each merchant's policy, the operations that wait, and one-time codes.
//
// Every column that is added is nullable and unchecked: nothing is rewritten. A process of before knows neither a policy nor a
// refund that waits; it sends only what is PENDING.
import { Migration } from '@mikro-orm/migrations';

export class Confirmations extends Migration {
  override name = '0007-confirmations';

  override up(): void {
    for (const sql of statements) this.addSql(sql);
  }
}

const statements = [
  `alter table merchants add column confirmation_policy jsonb null`,
  `alter table refunds add column held_until timestamptz(3) null`,
  `create table operations (
    merchant_id uuid not null,
    id uuid not null,
    kind text not null constraint operations_kind_check
      check (kind in ('refund', 'reversal', 'case', 'api_key', 'app', 'webhook', 'policy', 'totp')),
    order_id uuid null,
    asked_by text not null,
    asked_at timestamptz(3) not null,
    summary text not null,
    digest text null constraint operations_digest_check check (char_length(digest) = 64),
    state text not null default 'WAITING' constraint operations_state_check
      check (state in ('WAITING', 'APPROVED', 'REJECTED', 'EXPIRED', 'USED')),
    expires_at timestamptz(3) not null,
    decided_by text null,
    decided_at timestamptz(3) null,
    constraint operations_pkey primary key (merchant_id, id),
    constraint operations_about_check check ((order_id is null) = (digest is not null))
  )`,
  // The same asked for twice is one.
  `create unique index operations_open_key on operations (merchant_id, asked_by, digest) where state in ('WAITING', 'APPROVED')`,
  `create index operations_waiting_idx on operations (merchant_id, id) where state = 'WAITING'`,
  `create index operations_expiry_idx on operations (expires_at) where state in ('WAITING', 'APPROVED') and digest is not null`,
  // The n-th refund that a credential asks for on a day: two at once can't both be it, so that both see the other's amount.
  `create table asked_refunds (
    merchant_id uuid not null,
    refund_id uuid not null,
    asked_by text not null,
    day date not null,
    turn int not null constraint asked_refunds_turn_check check (turn > 0),
    constraint asked_refunds_pkey primary key (merchant_id, refund_id),
    constraint asked_refunds_turn_key unique (merchant_id, asked_by, day, turn)
  )`,
  `create table totps (
    merchant_id uuid not null,
    owner text not null,
    active text null,
    offered text null,
    last_step bigint not null default 0,
    tries int not null default 0 constraint totps_tries_check check (tries >= 0),
    tries_since timestamptz(3) null,
    constraint totps_pkey primary key (merchant_id, owner)
  )`,
  `create index audit_notes_rotated_idx on audit_notes (merchant_id) where action = 'api_key.rotated'`,
];
