// What busy callers have taken of their allowances, over all processes.
//
// Unlogged: it is worth nothing after a crash, and costs no write-ahead log. What belongs to no merchant, an address,
// stands under a merchant of zeros: hence no foreign key.
import { Migration } from '@mikro-orm/migrations';

export class LimitsMigration extends Migration {
  override name = '0009-limits';

  override up(): void {
    this.addSql(
      `create unlogged table rate_limits (
        merchant_id uuid not null,
        kind text not null,
        name text not null,
        full_at timestamptz(3) not null,
        primary key (merchant_id, kind, name)
      ) with (fillfactor = 50)`,
    );
  }
}
