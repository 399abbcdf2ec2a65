// The command line: find the command, run it, end with its exit code; nothing else.
import { ConfigError } from '../config.ts';
import { type Command, type ExitCode, readArguments, type Terminal, UsageError } from './command.ts';
import { allCommands } from './commands.ts';
import { commandHelp, overview } from './help.ts';

const terminal: Terminal = {
  say: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

async function main(given: readonly string[]): Promise<ExitCode> {
  const commands = allCommands(process.env);
  const asksHelp = given.some((word) => word === '--help' || word === '-h') || given[0] === 'help';
  const words = given.filter((word) => word !== '--help' && word !== '-h' && word !== 'help');
  const found = find(commands, asksHelp ? words : given);
  if (asksHelp || given.length === 0) terminal.say(found ? commandHelp(found.command) : overview(commands));
  if (asksHelp) return 0;
  if (given.length === 0) return 2;
  if (found === undefined) throw new UsageError(`There is no command ${JSON.stringify(given.slice(0, 2).join(' '))}.`);
  return found.command.run(readArguments(found.command, found.rest), terminal);
}

/** The longest name counts: `doctor notify` is not `doctor`. */
function find(commands: readonly Command[], words: readonly string[]) {
  for (const length of [2, 1]) {
    const command = commands.find(({ name }) => name === words.slice(0, length).join(' '));
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return undefined;
}

function failed(error: unknown): ExitCode {
  if (error instanceof UsageError) {
    terminal.note(`${error.message}\nnpx kassa help tells more.`);
    return 2;
  }
  if (error instanceof ConfigError) {
    terminal.note(error.message);
    return 78;
  }
  terminal.note(`kassa stopped: ${error instanceof Error ? error.stack : error}`);
  return 1;
}

// A connection that is still on its way out holds nobody up.
process.exit(await main(process.argv.slice(2)).catch(failed));
