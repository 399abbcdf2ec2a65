import type { Command } from './command.ts';

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Kassa, a payment gateway in front of Alipay: its command line.',
    '',
    'Usage: npx kassa COMMAND',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`),
    '',
    'npx kassa COMMAND --help tells all about one of them. The gateway itself starts with npm start.',
    '',
    'The configuration is read from the environment, as the gateway reads it (.env.example lists it).',
    'Exit codes: 0 fine, 1 something is wrong, 2 asked in the wrong way, 78 the configuration cannot be used.',
  ].join('\n');
}

export function commandHelp({ name, takes, help }: Command): string {
  return `Usage: npx kassa ${[name, takes].filter((part) => part !== '').join(' ')}\n\n${help}`;
}
