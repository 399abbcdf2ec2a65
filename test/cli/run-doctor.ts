import { runCommand } from './run-command.ts';

/** What the doctor says of an environment, and how it marks the lines about something. */
export async function runDoctor(env: Readonly<Record<string, string>>) {
  const { code, said } = await runCommand('doctor', [], env);
  const lines = said.split('\n').filter((line) => /^(ok|warning|WRONG)/.test(line));
  const about = (name: string) => lines.filter((line) => line.split(/\s+/)[1] === name);
  return { code, said, about, of: (name: string) => about(name).map((line) => line.split(/\s+/)[0]) };
}
