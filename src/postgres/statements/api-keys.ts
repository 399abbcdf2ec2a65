import type { Statement } from '../statement.ts';

const COLUMNS = 'id, merchant_id, label, prefix, scopes, terminal_id, created_at, expires_at, revoked_at, last_used_at';
const VALID_AT = (now: string) => `revoked_at is null and (expires_at is null or expires_at > ${now})`;
const NOTED = (action: string, from: string, details: string) => `
  noted as (
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select merchant_id, $2, $3, $4, '${action}', id, ${details} from ${from}
  )`;

/** Its use is noted at most once a minute: a lookup is a read nearly always. */
export const findKey: Statement = {
  name: 'api-key-find',
  text: `
    with used as (
      update api_keys set last_used_at = $2
      where hash = $1 and ${VALID_AT('$2')} and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')
    )
    select merchant_id, id, scopes, terminal_id from api_keys where hash = $1 and ${VALID_AT('$2')}`,
};

/** A key that is known stays as it is, revoked or not; else the label gets it and the one before it opens nothing any more. */
export const putKey: Statement = {
  name: 'api-key-put',
  text: `
    insert into api_keys (merchant_id, id, hash, label, created_at, prefix, scopes)
    select $1::uuid, $2::uuid, $3::bytea, $4, $5::timestamptz, $6, $7::text[]
    where not exists (select from api_keys where hash = $3)
    on conflict (merchant_id, label) where revoked_at is null and expires_at is null
    do update set hash = excluded.hash, created_at = excluded.created_at, prefix = excluded.prefix,
      scopes = excluded.scopes, last_used_at = null`,
};

export const listKeys: Statement = {
  name: 'api-keys-list',
  text: `select ${COLUMNS} from api_keys where merchant_id = $1 order by created_at desc, id desc`,
};

/** $1 merchant, $2–$4 the note, $5 most keys, then the key. No row: there are too many, or its label is taken. */
export const addKey: Statement = {
  name: 'api-key-add',
  text: `
    with added as (
      insert into api_keys (merchant_id, id, hash, label, prefix, scopes, terminal_id, created_at, expires_at)
      select $1::uuid, $6::uuid, $7::bytea, $8, $9, $10::text[], $11, $4::timestamptz, $12::timestamptz
      where (select count(*) from api_keys where merchant_id = $1 and ${VALID_AT('$4::timestamptz')}) < $5::int
      on conflict (merchant_id, label) where revoked_at is null and expires_at is null do nothing
      returning *
    ), ${NOTED('api_key.created', 'added', `jsonb_build_object('label', label, 'scopes', scopes, 'terminalId', terminal_id)`)}
    select 1 from added`,
};

/** $1 merchant, $2–$4 the note, $5 the old key, $6 until when it stays valid, then the new key. No row: it is not valid. */
export const replaceKey: Statement = {
  name: 'api-key-replace',
  text: `
    with old as (
      update api_keys set expires_at = least(expires_at, $6::timestamptz)
      where merchant_id = $1 and id = $5 and ${VALID_AT('$4::timestamptz')} returning *
    ), added as (
      insert into api_keys (merchant_id, id, hash, label, prefix, scopes, terminal_id, created_at, expires_at)
      select merchant_id, $7::uuid, $8::bytea, label, $9, scopes, terminal_id, $4::timestamptz, $10::timestamptz from old
      returning *
    ), ${NOTED('api_key.rotated', 'old', `jsonb_build_object('label', label, 'next', $7::uuid, 'until', expires_at)`)}
    select 1 from added`,
};

/**
 * $1 merchant, $2–$4 the note, $5 the key. No row: it is not valid, or the last one that may administer. Those are locked
 * first, so that of two that are revoked at once the second sees the first.
 */
export const revokeKey: Statement = {
  name: 'api-key-revoke',
  text: `
    with admins as materialized (
      select id, expires_at from api_keys
      where merchant_id = $1 and 'admin' = any (scopes) and ${VALID_AT('$4::timestamptz')} order by id for update
    ), revoked as (
      update api_keys set revoked_at = $4
      where merchant_id = $1 and id = $5 and ${VALID_AT('$4::timestamptz')}
        and (not 'admin' = any (scopes) or exists (select from admins a where a.id <> $5 and a.expires_at is null))
      returning *
    ), ${NOTED('api_key.revoked', 'revoked', `jsonb_build_object('label', label)`)}
    select ${COLUMNS} from revoked`,
};

export const findValidKey: Statement = {
  name: 'api-key-valid',
  text: `select 1 from api_keys where merchant_id = $1 and id = $2 and ${VALID_AT('$3::timestamptz')}`,
};

/** A valid key without an end that has this label. */
export const findLabel: Statement = {
  name: 'api-key-label',
  text: `select 1 from api_keys where merchant_id = $1 and label = $2 and revoked_at is null and expires_at is null`,
};
