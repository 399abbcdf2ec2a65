// Apps that are added at run time: how each reaches Alipay, its keys, and whether it still sells.
//
// Every column is nullable or has a constant default, so that a process of before goes on adding the app of its
// environment, which is a row without keys: those stay in the environment.
import { Migration } from '@mikro-orm/migrations';

export class AppsMigration extends Migration {
  override name = '0008-apps';

  override up(): void {
    for (const sql of statements) this.addSql(sql);
  }
}

const statements = [
  `alter table merchants add column suspended_at timestamptz(3) null`,
  `alter table apps
    add column gateway text null,
    add column provider_app_id text null,
    add column private_key text null,
    add column key_id text null,
    add column alipay_keys text[] null,
    add column alipay_key_ids text[] null,
    add column app_cert text null,
    add column root_cert text null,
    add column valid_until timestamptz(3) null,
    add column app_auth_token text null,
    add column created_at timestamptz(3) null,
    add column suspended_at timestamptz(3) null,
    add column changed_at timestamptz(6) not null default now(),
    add constraint apps_material_check check ((private_key is null) = (alipay_keys is null)),
    add constraint apps_alipay_keys_check check (cardinality(alipay_keys) <= 2)`,
  // The gateways ask every few seconds what has changed.
  `create index apps_changed_idx on apps (changed_at)`,
];
