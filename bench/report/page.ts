// The page with the figures: each part of a run rewrites its own block, and leaves every other word alone.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './chart.ts';
import { provenance, type Report, sectionsOf } from './report.ts';

const DOCS = join(import.meta.dirname, '../../docs');

export function writePage(report: Report): void {
  const file = join(DOCS, 'performance.md');
  const origin = provenance(report.about);
  const blocks = new Map([...sectionsOf(report)].map(([name, text]) => [name, `${text}\n\n${origin}`]));
  writeFileSync(file, withBlocks(readFileSync(file, 'utf8'), blocks));
  if (report.match) writeFileSync(join(DOCS, 'performance.svg'), chart(report.match, report.about));
}

/**
 * The text with what stands between `<!-- bench:name -->` and `<!-- /bench:name -->` replaced.
 * @throws Error when a block has no place in the text
 */
export function withBlocks(text: string, blocks: ReadonlyMap<string, string>): string {
  let page = text;
  for (const [name, block] of blocks) {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const from = page.indexOf(begin);
    const until = page.indexOf(end, from);
    if (from < 0 || until < 0) throw new Error(`the page has no place for ${name}: ${begin} … ${end}`);
    page = `${page.slice(0, from + begin.length)}\n${block}\n${page.slice(until)}`;
  }
  return page;
}
