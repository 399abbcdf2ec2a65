import type { Statement } from '../statement.ts';

export const confirmationPolicyOf: Statement = {
  name: 'merchant-confirmation-policy',
  text: `select confirmation_policy from merchants where id = $1`,
};

/** $1 merchant, $2–$4 the note, $5 the policy as it must be, $6 as it becomes. */
export const putConfirmationPolicy: Statement = {
  name: 'merchant-put-confirmation-policy',
  text: `
    with put as (
      update merchants set confirmation_policy = $6::jsonb
      where id = $1 and confirmation_policy is not distinct from $5::jsonb returning id
    ), noted as (
      insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
      select id, $2, $3, $4, 'confirmation_policy.set', id, jsonb_build_object('before', $5::jsonb, 'after', $6::jsonb) from put
    )
    select 1 from put`,
};
