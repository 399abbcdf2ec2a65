import type { Statement } from '../statement.ts';

/** To the microsecond, and in one spelling. */
const MOMENT = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const REVISION = MOMENT('a.changed_at');
const COLUMNS = `a.app_id, a.provider_app_id, a.merchant_id, a.account_id, s.seller_id, a.gateway, a.private_key, a.key_id,
  a.alipay_keys, a.alipay_key_ids, a.app_cert, a.root_cert, a.valid_until, a.app_auth_token, a.created_at, a.suspended_at,
  ${REVISION} as revision`;
const FROM = 'apps a join accounts s on s.merchant_id = a.merchant_id and s.id = a.account_id';

/** An audit note is about the app's account, an app's id being Alipay's. */
const NOTED = (action: string, from: string, details: string) => `
  noted as (
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select merchant_id, $2, $3, $4::timestamptz, ${action}, account_id, jsonb_build_object('appId', app_id) || ${details}
    from ${from}
  )`;

/** A key is written down once, with the certificate it first came in. */
const KEPT = (keys: string, from: string) => `
  kept as (
    insert into verification_keys (key_id, public_key, certificate, first_seen_at)
    select k.id, k.public_key, k.certificate, $4::timestamptz
    from json_to_recordset(${keys}::json) as k (id text, public_key text, certificate text)
    where exists (select from ${from})
    on conflict do nothing
  )`;

/** A change is committed within so long; until then it is listed again, because one with a later time may be there first. */
const LATE = `interval '2 minutes'`;

/** $1 when this was asked before, or null for all. Of what has changed only which and how often: its keys are long. */
export const changedApps: Statement = {
  name: 'apps-changed',
  text: `
    select ${MOMENT('now()')} as at, (select count(*)::int from apps) as count,
      coalesce(array_agg(a.app_id), '{}') as app_ids, coalesce(array_agg(${REVISION}), '{}') as revisions
    from apps a where a.changed_at > coalesce($1::timestamptz, '-infinity') - ${LATE}`,
};

export const readApps: Statement = {
  name: 'apps-read',
  text: `select ${COLUMNS} from ${FROM} where a.app_id = any ($1::text[]) order by a.created_at nulls first, a.app_id`,
};

export const appsOfMerchant: Statement = {
  name: 'apps-of-merchant',
  text: `select ${COLUMNS} from ${FROM} where a.merchant_id = $1 order by a.created_at desc nulls last, a.app_id`,
};

export const findApp: Statement = {
  name: 'app-find',
  text: `select ${COLUMNS} from ${FROM} where a.merchant_id = $1 and a.app_id = $2`,
};

/**
 * $1 merchant, $2–$4 the note, $5 app, $6 seller, $7 the id of a new account, $8 most apps, $9 verification keys, then the
 * rest of the app. Of the merchant's account with this seller, or of a new one. No row: the app, the seller or the room is taken.
 */
export const addApp: Statement = {
  name: 'app-add',
  text: `
    with owned as (
      select id from accounts where merchant_id = $1 and seller_id = $6
    ), room as (
      select 1 where (select count(*) from apps where merchant_id = $1) < $8::int
        and not exists (select from apps where app_id = $5)
    ), made as (
      insert into accounts (merchant_id, id, seller_id)
      select $1::uuid, $7::uuid, $6::text from room where not exists (select from owned)
      on conflict do nothing returning id
    ), added as (
      insert into apps (merchant_id, account_id, app_id, provider_app_id, gateway, private_key, key_id, alipay_keys,
        alipay_key_ids, app_cert, root_cert, valid_until, app_auth_token, created_at, changed_at)
      select $1::uuid, a.id, $5::text, $10::text, $11::text, $12::text, $13::text, $14::text[],
        $15::text[], $16::text, $17::text, $18::timestamptz, $19::text, $4::timestamptz, clock_timestamp()
      from (select id from owned union all select id from made) a, room
      on conflict do nothing returning *
    ), ${KEPT('$9', 'added')}, ${NOTED(`'app.added'`, 'added', `jsonb_build_object('sellerId', $6::text, 'keyId', key_id, 'alipayKeyIds', alipay_key_ids)`)}
    select 1 from added`,
};

/** Why {@link addApp} would add nothing: $1 merchant, $2 app, $3 seller, $4 most apps. All false: it would. */
export const obstacleToApp: Statement = {
  name: 'app-obstacle',
  text: `select exists (select from apps where app_id = $2) as app_taken,
    exists (select from accounts where seller_id = $3 and merchant_id <> $1) as seller_taken,
    (select count(*) from apps where merchant_id = $1) >= $4::int as is_full`,
};

/**
 * $1 merchant, $2–$4 the note, $5 app, $6 seller, $7 verification keys, then the rest of the app, which has no keys. It is
 * suspended, so that no new order goes another way by it. No row: it has keys, or another seller, or the seller is taken.
 */
export const giveKeys: Statement = {
  name: 'app-give-keys',
  text: `
    with given as (
      update apps a set provider_app_id = $8::text, gateway = $9, private_key = $10, key_id = $11, alipay_keys = $12::text[],
        alipay_key_ids = $13::text[], app_cert = $14, root_cert = $15, valid_until = $16::timestamptz, app_auth_token = $17,
        created_at = $4::timestamptz, suspended_at = $4::timestamptz, changed_at = clock_timestamp()
      from accounts s
      where a.merchant_id = $1 and a.app_id = $5 and a.private_key is null
        and s.merchant_id = a.merchant_id and s.id = a.account_id and coalesce(s.seller_id, $6::text) = $6::text
        and not exists (select from accounts where seller_id = $6::text and merchant_id <> $1)
      returning a.*
    ), learnt as (
      update accounts s set seller_id = $6::text from given
      where s.merchant_id = given.merchant_id and s.id = given.account_id and s.seller_id is null
        and not exists (select from accounts where seller_id = $6::text)
    ), ${KEPT('$7', 'given')}, ${NOTED(`'app.keys_given'`, 'given', `jsonb_build_object('sellerId', $6::text, 'keyId', key_id, 'alipayKeyIds', alipay_key_ids)`)}
    select 1 from given`,
};

/** What keeps the app `a`: an order names its account and not the app. */
const SOLD = `exists (select from orders o where o.merchant_id = a.merchant_id and o.account_id = a.account_id)`;
const MONEY_WAITS = `exists (select from cases k where k.merchant_id = a.merchant_id and k.state = 'OPEN' and k.order_id is null)`;
/** Longer than any process takes to learn that an app is suspended. */
const KNOWN_AFTER = `interval '10 seconds'`;

/** $1 merchant, $2–$4 the note, $5 app. The account goes with its last app. No row: it stays. */
export const removeApp: Statement = {
  name: 'app-remove',
  text: `
    with unused as (
      select a.app_id, s.seller_id from ${FROM}
      where a.merchant_id = $1 and a.app_id = $5 and a.private_key is not null and a.suspended_at is not null
        and a.changed_at < clock_timestamp() - ${KNOWN_AFTER} and not ${SOLD} and not ${MONEY_WAITS}
      for update
    ), removed as (
      delete from apps a using unused u where a.app_id = u.app_id returning a.merchant_id, a.account_id, a.app_id, u.seller_id
    ), freed as (
      delete from accounts s using removed r where s.merchant_id = r.merchant_id and s.id = r.account_id
        and not exists (select from apps o
          where o.merchant_id = s.merchant_id and o.account_id = s.id and o.app_id <> r.app_id)
    ), ${NOTED(`'app.removed'`, 'removed', `jsonb_build_object('sellerId', seller_id)`)}
    select 1 from removed`,
};

/** Why {@link removeApp} removed nothing: $1 merchant, $2 app. */
export const whyNotRemoved: Statement = {
  name: 'app-why-not-removed',
  text: `select a.private_key is null as environment, ${SOLD} as orders, ${MONEY_WAITS} as money, a.suspended_at is null as active
    from apps a where a.merchant_id = $1 and a.app_id = $2`,
};

/** $1 merchant, $2–$4 the note, $5 app, $6 its revision, $7 what the note says, $8 verification keys, then what is new. */
export const updateApp: Statement = {
  name: 'app-update',
  text: `
    with updated as (
      update apps set gateway = $9, private_key = $10, key_id = $11, alipay_keys = $12::text[], alipay_key_ids = $13::text[],
        app_cert = $14, root_cert = $15, valid_until = $16::timestamptz, app_auth_token = $17, changed_at = clock_timestamp()
      where merchant_id = $1 and app_id = $5 and changed_at = $6::timestamptz
      returning *
    ), ${KEPT('$8', 'updated')}, ${NOTED(`'app.updated'`, 'updated', '$7::jsonb')}
    select 1 from updated`,
};

/** $1 merchant, $2–$4 the note, $5 app, $6 whether it is to be suspended. No row: it is so already, or there is none. */
export const suspendApp: Statement = {
  name: 'app-suspend',
  text: `
    with changed as (
      update apps set suspended_at = case when $6::boolean then $4::timestamptz end, changed_at = clock_timestamp()
      where merchant_id = $1 and app_id = $5 and (suspended_at is null) = $6::boolean
      returning *
    ), ${NOTED(`case when $6::boolean then 'app.suspended' else 'app.resumed' end`, 'changed', `'{}'::jsonb`)}
    select 1 from changed`,
};

/** Sealed secrets of all apps. */
export const sealedOfApps: Statement = {
  name: 'apps-sealed',
  text: `select merchant_id, app_id, account_id, private_key, app_auth_token from apps where private_key is not null`,
};

/** $1 merchant, $2–$4 the note, $5 app, $6, $7 as they were, $8, $9 as they are now. No row: somebody has changed them. */
export const resealApp: Statement = {
  name: 'app-reseal',
  text: `
    with resealed as (
      update apps set private_key = $8, app_auth_token = $9, changed_at = clock_timestamp()
      where merchant_id = $1 and app_id = $5 and private_key = $6 and app_auth_token is not distinct from $7
      returning *
    ), ${NOTED(`'app.resealed'`, 'resealed', `'{}'::jsonb`)}
    select 1 from resealed`,
};
