import type { Statement } from '../statement.ts';

export const findKey: Statement = {
  name: 'api-key-find',
  text: `select merchant_id, id from api_keys where hash = $1`,
};

/** The same label gets the new key; the old one opens nothing any more. */
export const putKey: Statement = {
  name: 'api-key-put',
  text: `
    insert into api_keys (merchant_id, id, hash, label, created_at) values ($1, $2, $3, $4, $5)
    on conflict (merchant_id, label) do update set id = excluded.id, hash = excluded.hash, created_at = excluded.created_at
    where api_keys.hash <> excluded.hash`,
};
