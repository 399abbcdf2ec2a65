import type { Statement } from '../statement.ts';

/** A key is written down once, with the certificate it first came in. */
export const putVerificationKey: Statement = {
  name: 'verification-key-put',
  text: `insert into verification_keys (key_id, public_key, certificate, first_seen_at) values ($1, $2, $3, $4)
    on conflict do nothing`,
};

export const verificationKeys: Statement = {
  name: 'verification-keys-by-ids',
  text: `select key_id, public_key, certificate, first_seen_at from verification_keys
    where $1::text[] is null or key_id = any ($1)`,
};
