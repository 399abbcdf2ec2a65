import { caseColumns } from '../columns.ts';
import type { Statement } from '../statement.ts';

export const casesOfOrders: Statement = {
  name: 'cases-of-orders',
  text: `select ${caseColumns} from cases c where c.merchant_id = $1 and c.order_id = any ($2::uuid[])
    order by c.order_id, c.id`,
};

export const caseRowById: Statement = {
  name: 'case-by-id',
  text: `select ${caseColumns} from cases c where c.merchant_id = $1 and c.id = $2`,
};

/** Newest first: ids sort by time. A null leaves a filter out. */
const page = (inState: string) => `select ${caseColumns} from cases c
    where c.merchant_id = $1 and c.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      and ($4::text[] is null or c.kind = any ($4)) and ${inState}
    order by c.id desc limit $2`;

export const casePage: Statement = {
  name: 'cases-page',
  text: page('($5::text[] is null or c.state = any ($5))'),
};

/** The question that people ask every day has an index of its own, however many cases are over. */
export const openCasePage: Statement = { name: 'cases-page-open', text: page(`c.state = 'OPEN'`) };

export const evidenceHeads: Statement = {
  name: 'evidence-heads',
  text: `select id, kind, received_at from evidence where merchant_id = $1 and id = any ($2::uuid[])`,
};

/** One that belongs to no order; those of an order are written with it. */
export const closeCase: Statement = {
  name: 'case-close',
  text: `update cases set state = 'CLOSED', resolved_at = $3, note = $4
    where merchant_id = $1 and id = $2 and state = 'OPEN' and order_id is null returning 1`,
};

/** Open money by kind and age, over all merchants. */
export const openCaseFigures: Statement = {
  name: 'cases-open-figures',
  text: `
    select kind, case when opened_at > $1::timestamptz - interval '1 hour' then 'under_1h'
        when opened_at > $1::timestamptz - interval '1 day' then 'under_1d' else 'over_1d' end as age,
      sum(amount_fen)::text as fen, count(*)::int as cases
    from cases where state = 'OPEN' group by 1, 2`,
};

export const casePolicyOf: Statement = {
  name: 'merchant-case-policy',
  text: `select case_policy from merchants where id = $1`,
};

/** $1 merchant, $2–$4 the note, $5 the policy. The row is locked first, so that the note says what was there right before. */
export const putCasePolicy: Statement = {
  name: 'merchant-put-case-policy',
  text: `
    with old as materialized (
      select id, case_policy from merchants where id = $1 for no key update
    ), put as (
      update merchants m set case_policy = $5 from old
      where m.id = $1 and old.case_policy <> $5 returning m.id, old.case_policy as before
    )
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select id, $2, $3, $4, 'case_policy.set', id, jsonb_build_object('before', before, 'after', $5::text) from put`,
};
