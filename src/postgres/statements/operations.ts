import { only, type Statement } from '../statement.ts';

const COLUMNS =
  'id, merchant_id, kind, order_id, asked_by, asked_at, summary, state, expires_at, decided_by, decided_at';
const NOTED = (action: string, from: string) => `
  noted as (
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select merchant_id, $2, $3, $4, ${action}, id, jsonb_build_object('kind', kind, 'summary', summary) from ${from}
  )`;

export const findOperation: Statement = {
  name: 'operation-find',
  text: `select ${COLUMNS} from operations where merchant_id = $1 and id = ${only('$2', 'uuid')}`,
};

/** Newest first: ids sort by time. */
export const operationPage: Statement = {
  name: 'operations-page',
  text: `select ${COLUMNS} from operations
    where merchant_id = $1 and id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      and state = 'WAITING' and kind = any ($4::text[]) and expires_at > $5
    order by id desc limit $2`,
};

/** $1 merchant, $2–$4 the note, then the operation. No row: the same is open already. */
export const askOperation: Statement = {
  name: 'operation-ask',
  text: `
    with asked as (
      insert into operations (merchant_id, id, kind, asked_by, asked_at, summary, digest, expires_at)
      values ($1::uuid, $5::uuid, $6, $7, $4::timestamptz, $8, $9, $10::timestamptz)
      on conflict (merchant_id, asked_by, digest) where state in ('WAITING', 'APPROVED') do nothing
      returning *
    ), ${NOTED(`'operation.asked'`, 'asked')}
    select ${COLUMNS} from asked`,
};

export const openOperation: Statement = {
  name: 'operation-open',
  text: `select ${COLUMNS} from operations
    where merchant_id = $1 and asked_by = $2 and digest = $3 and state in ('WAITING', 'APPROVED')`,
};

/** $1 merchant, $2–$4 the note, $5 who asked, $6 for what. A case is resolved once whatever its approval says. */
export const useOperation: Statement = {
  name: 'operation-use',
  text: `
    with used as (
      update operations set state = case kind when 'case' then state else 'USED' end
      where merchant_id = $1 and asked_by = $5 and digest = $6 and state = 'APPROVED' and expires_at > $4::timestamptz
      returning *
    ), ${NOTED(`'operation.used'`, 'used')}
    select 1 from used`,
};

/** $1 merchant, $2–$4 the note, $5 the operation, $6 its new state. No row: it does not wait any more. */
export const decideOperation: Statement = {
  name: 'operation-decide',
  text: `
    with decided as (
      update operations set state = $6, decided_by = $3, decided_at = $4::timestamptz
      where merchant_id = $1 and id = $5 and state = 'WAITING' and digest is not null and expires_at > $4::timestamptz
      returning *
    ), ${NOTED(`'operation.' || lower(state)`, 'decided')}
    select ${COLUMNS} from decided`,
};

/** $1 now, $2 how many. Those of refunds end with their orders. */
export const expireOperations: Statement = {
  name: 'operations-expire',
  text: `
    with due as materialized (
      select merchant_id, id from operations
      where state in ('WAITING', 'APPROVED') and digest is not null and expires_at <= $1
      order by expires_at limit $2 for update skip locked
    ), expired as (
      update operations o set state = 'EXPIRED', decided_at = coalesce(o.decided_at, $1) from due d
      where o.merchant_id = d.merchant_id and o.id = d.id
      returning o.merchant_id, o.id, o.kind, o.summary
    ), noted as (
      insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
      select merchant_id, gen_random_uuid(), 'kassa', $1, 'operation.expired', id,
        jsonb_build_object('kind', kind, 'summary', summary) from expired
    )
    select count(*)::int as expired from expired`,
};

/** The first key of the line that $2 was rotated from. The audit log has every rotation, also those of before. */
export const makerOfKey: Statement = {
  name: 'operation-maker',
  text: `
    with recursive rotated as materialized (
      select subject, (details->>'next')::uuid as next from audit_notes
      where merchant_id = $1 and action = 'api_key.rotated'
    ), line (id) as (
      select $2::uuid union select r.subject from rotated r join line l on r.next = l.id
    )
    select id from line l where not exists (select from rotated r where r.next = l.id)`,
};

/** What a credential has asked to give back on a day: what failed or was turned down does not count. */
export const askedOnDay: Statement = {
  name: 'refunds-asked-on-day',
  text: `
    select coalesce(max(a.turn), 0)::int as last_turn,
      coalesce(sum(r.amount_fen) filter (where r.status in ('AWAITING_CONFIRMATION', 'PENDING', 'SUCCEEDED')), 0)::text as fen
    from asked_refunds a
    join lateral (
      select amount_fen, status from refunds r where r.merchant_id = $1 and r.id = ${only('a.refund_id', 'uuid')} limit 1
    ) r on true
    where a.merchant_id = $1 and a.asked_by = $2 and a.day = $3::date`,
};
