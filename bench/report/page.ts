// The pages with the figures: each part of a run rewrites its own block, and leaves every other word alone.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './chart.ts';
import { provenance, type Report, sectionsOf } from './report.ts';

const DOCS = join(import.meta.dirname, '../../docs');

/** Parts that stand elsewhere than on the page of all figures. */
const PAGE_OF: ReadonlyMap<string, string> = new Map([['capacity', 'capacity.md']]);

export function writePage(report: Report): void {
  const origin = provenance(report.about);
  for (const [name, text] of sectionsOf(report)) {
    const file = join(DOCS, PAGE_OF.get(name) ?? 'performance.md');
    writeFileSync(file, withBlock(readFileSync(file, 'utf8'), name, `${text}\n\n${origin}`));
  }
  if (report.match) writeFileSync(join(DOCS, 'performance.svg'), chart(report.match, report.about));
}

/**
 * The text with what stands between `<!-- bench:name -->` and `<!-- /bench:name -->` replaced.
 * @throws Error when the block has no place in the text
 */
export function withBlock(text: string, name: string, block: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const from = text.indexOf(begin);
  const until = text.indexOf(end, from);
  if (from < 0 || until < 0) throw new Error(`the page has no place for ${name}: ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${block}\n${text.slice(until)}`;
}
