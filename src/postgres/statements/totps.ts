import type { Statement } from '../statement.ts';

const NOTED = (action: string, from: string) => `
  noted as (
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select merchant_id, $2, $3, $4, '${action}', merchant_id, jsonb_build_object('owner', owner) from ${from}
  )`;

export const isTotpActive: Statement = {
  name: 'totp-is-active',
  text: `select 1 from totps where merchant_id = $1 and owner = $2 and active is not null`,
};

/** $1 merchant, $2–$4 the note, $5 the owner, $6 the sealed secret, $7 whether it may replace one. No row: one counts. */
export const offerTotp: Statement = {
  name: 'totp-offer',
  text: `
    with offered as (
      insert into totps (merchant_id, owner, offered) values ($1::uuid, $5, $6)
      on conflict (merchant_id, owner) do update set offered = excluded.offered
        where totps.active is null or $7::boolean
      returning merchant_id, owner
    ), ${NOTED('totp.offered', 'offered')}
    select 1 from offered`,
};

/** Five tries in a quarter of an hour, counted before a code is looked at. */
const TRIES = 5;
const TRIES_IN = `interval '15 minutes'`;

export const takeTotpTry: Statement = {
  name: 'totp-take-try',
  text: `
    update totps set
      tries = case when tries_since > $3::timestamptz - ${TRIES_IN} then tries + 1 else 1 end,
      tries_since = case when tries_since > $3::timestamptz - ${TRIES_IN} then tries_since else $3::timestamptz end
    where merchant_id = $1 and owner = $2
      and (tries < ${TRIES} or tries_since is null or tries_since <= $3::timestamptz - ${TRIES_IN})
    returning active, offered`,
};

export const useTotpStep: Statement = {
  name: 'totp-use-step',
  text: `update totps set last_step = $3::bigint, tries = 0
    where merchant_id = $1 and owner = $2 and active is not null and last_step < $3::bigint returning 1`,
};

/** Sealed secrets of all one-time codes. */
export const sealedOfTotps: Statement = {
  name: 'totps-sealed',
  text: 'select merchant_id, owner, active, offered from totps',
};

/** $1 merchant, $2–$4 the note, $5 the owner, $6, $7 as they were, $8, $9 as they are now. No row: somebody has changed them. */
export const resealTotp: Statement = {
  name: 'totp-reseal',
  text: `
    with resealed as (
      update totps set active = $8, offered = $9
      where merchant_id = $1 and owner = $5 and active is not distinct from $6 and offered is not distinct from $7
      returning merchant_id, owner
    ), ${NOTED('totp.resealed', 'resealed')}
    select 1 from resealed`,
};

/** $1 merchant, $2–$4 the note, $5 the owner, $6 the secret that was offered, $7 the step of its first code. */
export const activateTotp: Statement = {
  name: 'totp-activate',
  text: `
    with activated as (
      update totps set active = offered, offered = null, last_step = $7::bigint, tries = 0
      where merchant_id = $1 and owner = $5 and offered = $6 returning merchant_id, owner
    ), ${NOTED('totp.activated', 'activated')}
    select 1 from activated`,
};
