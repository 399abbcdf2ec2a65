import { type Command, noWords } from './command.ts';

const HELP = `Brings the database's tables up to date, all of it or nothing. The gateway does the same at its start; run this before
it where the gateway's own role may not change tables.

DATABASE_DIRECT_URL, else DATABASE_URL, says where.`;

/** @param run answers the names of the migrations that it ran */
export function migrateCommand(run: () => Promise<readonly string[]>): Command {
  return {
    name: 'migrate',
    takes: '',
    summary: "bring the database's tables up to date",
    help: HELP,
    options: {},
    async run(asked, { say }) {
      noWords(asked);
      const names = await run();
      say(names.length === 0 ? 'The database is up to date.' : `Ran ${names.join(', ')}.`);
      return 0;
    },
  };
}
