import type { RoleNames } from '../postgres/roles-sql.ts';
import { type Command, noWords, UsageError } from './command.ts';

const HELP = `Prints the SQL that gives each job a database role of its own. Nothing is changed: a DBA reads it, then runs it as
a superuser in Kassa's database, as often as you like:

  npx kassa roles --print | psql "$ADMIN_URL"

  --print          print the SQL (without it, only this help)
  --migrator NAME  owns the tables, runs \`kassa migrate\` (default: kassa_migrator)
  --app NAME       the gateway: can't update or delete events and evidence (default: kassa_app)
  --readonly NAME  reports and \`kassa audit\`: reads all but secrets (default: kassa_readonly)

Then DATABASE_URL names the app's role; migrate with the migrator's before each new version. See docs/operations.md.`;

export function roles(sqlFor: (names: RoleNames) => string): Command {
  return {
    name: 'roles',
    takes: '--print [--migrator NAME] [--app NAME] [--readonly NAME]',
    summary: 'SQL for a database role for each job',
    help: HELP,
    options: {
      print: { type: 'boolean' },
      migrator: { type: 'string' },
      app: { type: 'string' },
      readonly: { type: 'string' },
    },
    async run(asked, { say }) {
      noWords(asked);
      if (!asked.is('print')) throw new UsageError('Nothing is changed by this command: say --print to see the SQL.');
      const names = {
        migrator: asked.text('migrator') ?? 'kassa_migrator',
        app: asked.text('app') ?? 'kassa_app',
        reader: asked.text('readonly') ?? 'kassa_readonly',
      };
      say(sqlOrFail(() => sqlFor(names)));
      return 0;
    },
  };
}

function sqlOrFail(make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
