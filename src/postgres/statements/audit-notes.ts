import type { Statement } from '../statement.ts';

const COLUMNS = `n.merchant_id, n.id, n.actor, n.at, n.action, n.subject, n.details::text as details, n.position,
  n.prev_hash, n.hash`;

/** Newest first, those before place $3 (null: from the newest on). Keys are known by their id; a token's subject may be anything. */
export const notePage: Statement = {
  name: 'audit-notes-page',
  text: `
    select ${COLUMNS}, exists (
      select from api_keys k where k.merchant_id = n.merchant_id and k.id::text = n.actor
    ) as by_key
    from audit_notes n where n.merchant_id = $1 and n.position < coalesce($3::bigint, 9223372036854775807)
    order by n.position desc limit $2`,
};

/** The next notes by merchant and place: a walk over all of them. */
export const nextNotes: Statement = {
  name: 'audit-notes-next',
  text: `select ${COLUMNS} from audit_notes n where (n.merchant_id, n.position) > ($1::uuid, $2::bigint)
    order by n.merchant_id, n.position limit $3`,
};

export const noteHeads: Statement = {
  name: 'audit-heads',
  text: 'select merchant_id, position, hash from audit_heads order by merchant_id',
};
