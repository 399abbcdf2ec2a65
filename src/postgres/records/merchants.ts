// Who sells, through which Alipay accounts and apps, and with which keys.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { KeptPolicy } from '../../merchants/confirmation-policy.ts';
import { SCOPES } from '../../merchants/scopes.ts';
import { casePolicies } from './checks.ts';

export const Merchants = defineEntity({
  name: 'Merchants',
  tableName: 'merchants',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    createdAt: p.datetime(3),
    casePolicy: p.enum(casePolicies).default('AUTO_REFUND'),
    /** How long the feed keeps events, in days. */
    eventRetentionDays: p.integer().defaultRaw('30'),
    /** What a second person is to agree to; null: nothing. */
    confirmationPolicy: p.json().$type<KeptPolicy>().nullable(),
    suspendedAt: p.datetime(3).nullable(),
  },
  checks: [
    {
      name: 'merchants_event_retention_check',
      expression: 'event_retention_days >= 1 and event_retention_days <= 3650',
    },
  ],
});

/** An Alipay account (seller): owned by exactly one merchant, so `seller_id` is unique across all of them. */
export const Accounts = defineEntity({
  name: 'Accounts',
  tableName: 'accounts',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    sellerId: p.text().nullable().unique('accounts_seller_id_key'),
  },
});

/**
 * An app at Alipay acts for one account. It is looked up before the merchant is known. One without keys has them in the
 * environment. `privateKey` and `appAuthToken` are sealed; `alipayKeys` are public keys, or certificates beside `appCert`.
 */
export const Apps = defineEntity({
  name: 'Apps',
  tableName: 'apps',
  properties: {
    appId: p.text().primary(),
    merchantId: p.uuid(),
    accountId: p.uuid(),
    callsPaidUntil: p.datetime(3).defaultRaw('now()'),
    gateway: p.text().nullable(),
    providerAppId: p.text().nullable(),
    privateKey: p.text().nullable(),
    keyId: p.text().nullable(),
    alipayKeys: p.array().columnType('text[]').nullable(),
    alipayKeyIds: p.array().columnType('text[]').nullable(),
    appCert: p.text().nullable(),
    rootCert: p.text().nullable(),
    validUntil: p.datetime(3).nullable(),
    appAuthToken: p.text().nullable(),
    createdAt: p.datetime(3).nullable(),
    suspendedAt: p.datetime(3).nullable(),
    changedAt: p.datetime(6).defaultRaw('now()'),
  },
  indexes: [
    { name: 'apps_account_idx', properties: ['merchantId', 'accountId'] },
    { name: 'apps_changed_idx', properties: ['changedAt'] },
  ],
  checks: [
    { name: 'apps_material_check', expression: '(private_key is null) = (alipay_keys is null)' },
    { name: 'apps_alipay_keys_check', expression: 'cardinality(alipay_keys) <= 2' },
  ],
});

/** Only the hash of a key is kept. It is looked up before the merchant is known. */
export const ApiKeys = defineEntity({
  name: 'ApiKeys',
  tableName: 'api_keys',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    hash: p.blob().unique('api_keys_hash_key'),
    label: p.text(),
    createdAt: p.datetime(3),
    prefix: p.text().default(''),
    scopes: p.array().columnType('text[]').defaultRaw(`'{${SCOPES.join()}}'::text[]`),
    terminalId: p.text().nullable(),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'api_keys_label_key',
      expression:
        'create unique index api_keys_label_key on api_keys (merchant_id, label) where revoked_at is null and expires_at is null',
    },
  ],
  checks: [
    { name: 'api_keys_hash_check', expression: 'octet_length(hash) = 32' },
    { name: 'api_keys_terminal_check', expression: '(terminal_id is null) = (cardinality(scopes) > 0)' },
  ],
});

/** What was done to a merchant's settings, by whom. It is only added to; place and hashes are the trigger's. */
export const AuditNotes = defineEntity({
  name: 'AuditNotes',
  tableName: 'audit_notes',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    actor: p.text(),
    at: p.datetime(3),
    action: p.text(),
    subject: p.uuid(),
    details: p.json(),
    position: p.bigint(),
    prevHash: p.text(),
    hash: p.text(),
  },
  uniques: [{ name: 'audit_notes_position_key', properties: ['merchantId', 'position'] }],
  indexes: [{ name: 'audit_notes_rotated_idx', properties: ['merchantId'], where: `action = 'api_key.rotated'::text` }],
  checks: [
    { name: 'audit_notes_position_check', expression: 'position > 0' },
    { name: 'audit_notes_prev_hash_check', expression: 'char_length(prev_hash) = 64' },
    { name: 'audit_notes_hash_check', expression: 'char_length(hash) = 64' },
  ],
});

/** Where the chain of a merchant's audit notes ends. */
export const AuditHeads = defineEntity({
  name: 'AuditHeads',
  tableName: 'audit_heads',
  properties: {
    merchantId: p.uuid().primary(),
    position: p.bigint(),
    hash: p.text(),
  },
  checks: [
    { name: 'audit_heads_position_check', expression: 'position >= 0' },
    { name: 'audit_heads_hash_check', expression: 'char_length(hash) = 64' },
  ],
});

/** What the installation generates once and keeps, such as its secret key. */
export const Settings = defineEntity({
  name: 'Settings',
  tableName: 'settings',
  properties: {
    name: p.text().primary(),
    value: p.text(),
  },
});
