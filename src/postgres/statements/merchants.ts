import type { Statement } from '../statement.ts';

const COLUMNS = 'id, name, created_at, suspended_at';
const NOTED = (action: string, from: string, details: string) => `
  noted as (
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select id, $2, $3, $4::timestamptz, ${action}, id, ${details} from ${from}
  )`;

/** Few, and read by every process every few seconds. */
export const suspendedMerchants: Statement = {
  name: 'merchants-suspended',
  text: 'select id from merchants where suspended_at is not null',
};

/** $1 the last one seen or null, $2 how many. Oldest first: the first of all is the installation's own. */
export const merchantPage: Statement = {
  name: 'merchants-page',
  text: `select ${COLUMNS} from merchants
    where $1::uuid is null or (created_at, id) > (select created_at, id from merchants where id = $1::uuid)
    order by created_at, id limit $2`,
};

export const findMerchant: Statement = {
  name: 'merchant-find',
  text: `select ${COLUMNS} from merchants where id = $1`,
};

/** $1 merchant, $2–$4 the note, $5 name, then its first key. However clocks differ, it is younger than the first of all. */
export const createMerchant: Statement = {
  name: 'merchant-create',
  text: `
    with made as (
      insert into merchants (id, name, created_at)
      select $1::uuid, $5, greatest($4::timestamptz, min(created_at) + interval '1 millisecond') from merchants
      returning *
    ), first_key as (
      insert into api_keys (merchant_id, id, hash, label, prefix, scopes, created_at)
      select id, $6::uuid, $7::bytea, $8, $9, $10::text[], created_at from made
    ), ${NOTED(`'merchant.created'`, 'made', `jsonb_build_object('name', name, 'apiKey', $6::uuid)`)}
    select 1 from made`,
};

/** $1 merchant, $2–$4 the note, $5 whether it is to be suspended. No row: it is so already, or there is none. */
export const suspendMerchant: Statement = {
  name: 'merchant-suspend',
  text: `
    with changed as (
      update merchants set suspended_at = case when $5::boolean then $4::timestamptz end
      where id = $1 and (suspended_at is null) = $5::boolean
      returning *
    ), ${NOTED(`case when $5::boolean then 'merchant.suspended' else 'merchant.resumed' end`, 'changed', `'{}'::jsonb`)}
    select 1 from changed`,
};
