// What is due is found minute by minute and, within one, merchant by merchant: what a merchant must wait with is stepped over
// as a whole, however much it is.
//
// The index takes the place of the one over the time alone, so that an order pays for as many as before. A process of before finds
// no order in it and reads all checks that are due; that is right, only slow.
import { Migration } from '@mikro-orm/migrations';

export class ChecksByMinute extends Migration {
  override name = '0011-checks-by-minute';

  override up(): void {
    for (const sql of statements) this.addSql(sql);
  }
}

// The drop locks the table for both: an index that is made first would take a weaker lock, and a gateway of before that takes checks
// in between would wait for this migration as it waits for that gateway.
const statements = [
  `drop index checks_due_idx`,
  `create index checks_minute_idx on checks (date_bin('1 minute', due_at, 'epoch'), merchant_id, due_at)`,
];
