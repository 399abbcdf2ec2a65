import { expect, test } from 'vitest';
import { openDatabase } from '../../src/postgres/database.ts';
import { keepDatabaseTime } from '../../src/postgres/database-time.ts';
import { freshDatabase } from '../support/database.ts';

test('the database tells its time at once, and how sure that is', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url });
  const told: [Date, number][] = [];
  const keeper = await keepDatabaseTime(database, (now, giveOrTakeMs) => told.push([now, giveOrTakeMs]));
  const [now, giveOrTakeMs] = told[0] ?? [];
  // The test database lives on this machine.
  expect(Math.abs((now?.getTime() ?? 0) - Date.now())).toBeLessThan(2_000);
  expect(giveOrTakeMs).toBeLessThan(5_000);
  keeper.stop();
  await database.close();
  await drop();
});

test('a database that does not answer is told by the first question', async () => {
  const database = await openDatabase({ url: 'postgres://kassa@127.0.0.1:1/kassa' });
  await expect(keepDatabaseTime(database, () => undefined)).rejects.toThrow('ECONNREFUSED');
  await database.close();
});
