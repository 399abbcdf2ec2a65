import { FirstMigration } from './first.ts';

/** In the order in which they run. One that has been released is never edited. */
export const allMigrations = [FirstMigration];
