import { checkBundle, type ReadMessage } from '../orders/check-bundle.ts';
import { type Command, onlyWord } from './command.ts';
import { readBundle } from './read-bundle.ts';
import { readFileOrFail } from './read-file.ts';
import { sayProof } from './say-proof.ts';

const MAX_BYTES = 64 * 1024 * 1024;

const HELP = `Checks the evidence of one order, as GraphQL's order.evidence gives it. Needs no database, no network and no
configuration: only this file. Says what it proves, and what it does not.

  npx kassa verify bundle.json

Exit code 1 when anything in it does not hold, with the part that does not.`;

export function verify(readMessage: ReadMessage): Command {
  return {
    name: 'verify',
    takes: 'BUNDLE.json',
    summary: "check an order's exported evidence, offline",
    help: HELP,
    options: {},
    async run(asked, { say }) {
      const path = onlyWord(asked, 'bundle');
      const read = readBundle(await readFileOrFail(path, MAX_BYTES));
      if (read.kind === 'unreadable') {
        say(`WRONG  ${path} is no bundle, or not whole: ${read.reason}.`);
        return 1;
      }
      const lines = sayProof(read.bundle, checkBundle(read.bundle, readMessage));
      for (const line of lines.text) say(line);
      return lines.holds ? 0 : 1;
    },
  };
}
