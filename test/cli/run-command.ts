// A command as main.ts runs it, in this process: what it says, what it notes, how it ends.

import { type ExitCode, readArguments, UsageError } from '../../src/cli/command.ts';
import { allCommands } from '../../src/cli/commands.ts';
import { ConfigError } from '../../src/config.ts';

export interface Ran {
  readonly code: ExitCode;
  readonly said: string;
  readonly noted: string;
}

export async function runCommand(
  name: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const command = allCommands(env).find((one) => one.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const [said, noted]: [string[], string[]] = [[], []];
  const terminal = { say: (text: string) => void said.push(text), note: (text: string) => void noted.push(text) };
  const ended = (code: ExitCode) => ({ code, said: said.join('\n'), noted: noted.join('\n') });
  try {
    return ended(await command.run(readArguments(command, args), terminal));
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
    terminal.note(error.message);
    return ended(error instanceof UsageError ? 2 : 78);
  }
}
