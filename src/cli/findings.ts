import type { Finding } from '../finding.ts';
import type { ExitCode, Terminal } from './command.ts';

const MARKS: Readonly<Record<Finding['status'], string>> = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' };

/** One line a finding, what to do below it. */
export function sayFindings({ say }: Terminal, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ about }) => about.length));
  for (const { status, about, says, fix } of findings) {
    say(`${MARKS[status]}  ${about.padEnd(width)}  ${says}`);
    if (fix !== undefined) say(`${' '.repeat(width + 11)}-> ${fix}`);
  }
}

export function countOf(findings: readonly Finding[], status: Finding['status']): number {
  return findings.filter((finding) => finding.status === status).length;
}

export function exitOf(findings: readonly Finding[]): ExitCode {
  return countOf(findings, 'wrong') > 0 ? 1 : 0;
}
