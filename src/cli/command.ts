import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** 0: fine. 1: something is wrong. 2: asked in the wrong way. 78 (EX_CONFIG): the configuration can't be used. */
export type ExitCode = 0 | 1 | 2 | 78;

/** Asked in the wrong way: exit code 2 and this message. */
export class UsageError extends Error {}

/** One command of the command line. */
export interface Command {
  /** One or two words: `keys generate`. */
  readonly name: string;
  /** What stands behind the name: `FILE [--key FILE]`. */
  readonly takes: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The whole help, below the usage line. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  run(asked: Asked, terminal: Terminal): Promise<ExitCode>;
}

export interface Asked {
  /** What stands there without an option's name. */
  readonly words: readonly string[];
  text(option: string): string | undefined;
  /** Of an option that may be given several times. */
  texts(option: string): readonly string[];
  is(option: string): boolean;
}

export interface Terminal {
  /** The answer, on stdout; a line end is added. */
  say(text: string): void;
  /** What is not the answer (progress, complaints), on stderr. */
  note(text: string): void;
}

/** @throws UsageError */
export function readArguments({ name, options }: Command, given: readonly string[]): Asked {
  const { values, positionals } = parsed(name, options, given);
  const all = (option: string): readonly unknown[] => [values[option] ?? []].flat();
  const texts = (option: string) => all(option).filter((value) => typeof value === 'string');
  return { words: positionals, text: (option) => texts(option)[0], texts, is: (option) => all(option).includes(true) };
}

function parsed(name: string, options: ParseArgsOptionsConfig, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`kassa ${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The one file or word that a command takes. @throws UsageError */
export function onlyWord({ words }: Asked, what: string): string {
  const [word, ...others] = words;
  if (word === undefined) throw new UsageError(`${what} is missing.`);
  if (others.length > 0) throw new UsageError(`One ${what} at a time, not ${words.length}.`);
  return word;
}

/** @throws UsageError */
export function noWords({ words }: Asked): void {
  if (words.length > 0) throw new UsageError(`Nothing is known about ${JSON.stringify(words[0])}.`);
}
