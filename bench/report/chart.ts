// The match as bars: each contender's rate in percent of the limit's, with the interval of the gateway's.
import type { About } from './report.ts';
import type { WorkloadSummary } from './summary.ts';

const WIDTH = 760;
const LEFT = 130;
const RIGHT = 60;
const TOP = 72;
const BAR = 14;
const GAP = 18;
/** The scale ends a little past the limit; what is longer is cut there and says how long it is. */
const MOST_PERCENT = 140;

/** Plain SVG that reads on a light page and on a dark one. */
export function chart(summaries: readonly WorkloadSummary[], about: About): string {
  const rows = summaries.filter(({ contenders }) => contenders.limit !== undefined);
  const height = TOP + rows.length * (2 * BAR + GAP) + 34;
  const origin = `${about.at.slice(0, 10)}, commit ${about.commit ?? 'unknown'}, Node ${about.node}, PostgreSQL ${about.postgres.server_version}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">
<title>Rate in % of the limit, by workload: the gateway and the tutorial build</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${LEFT}" y="20" font-size="15" font-weight="600" fill="#1f2328">Rate in % of the limit (bare node:http + pg, the same durable rows)</text>
<text x="${LEFT + 16}" y="40" fill="#1f2328">the gateway, with its 95 % interval</text>
<rect x="${LEFT}" y="30" width="11" height="11" fill="#0969da"/>
<rect x="${LEFT + 260}" y="30" width="11" height="11" fill="#afb8c1"/>
<text x="${LEFT + 276}" y="40" fill="#1f2328">the tutorial build</text>
${grid(height)}
${rows.map((row, index) => bars(row, TOP + index * (2 * BAR + GAP))).join('\n')}
<text x="${LEFT}" y="${height - 10}" fill="#59636e">${origin}</text>
</svg>
`;
}

function grid(height: number): string {
  return [0, 25, 50, 75, 100, 125]
    .map((percent) => {
      const x = xOf(percent);
      const stroke = percent === 100 ? '#59636e' : '#d1d9e0';
      return `<line x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${height - 26}" stroke="${stroke}"/><text x="${x}" y="${TOP - 8}" text-anchor="middle" font-size="10" fill="#59636e">${percent}</text>`;
    })
    .join('\n');
}

function bars({ workload, contenders, ratios }: WorkloadSummary, top: number): string {
  const limit = contenders.limit?.perSecond ?? 1;
  const ratio = ratios.find(({ one, other }) => one === 'gateway' && other === 'limit');
  const tutorial = contenders.tutorial && (contenders.tutorial.perSecond / limit) * 100;
  return [
    `<text x="${LEFT - 8}" y="${top + BAR + 4}" text-anchor="end" fill="#1f2328">${workload}</text>`,
    ratio === undefined ? '' : bar({ percent: ratio.median * 100, top, fill: '#0969da', until: ratio.high * 100 }),
    ratio === undefined ? '' : whisker(ratio.low * 100, ratio.high * 100, top + BAR / 2),
    tutorial === undefined ? '' : bar({ percent: tutorial, top: top + BAR, fill: '#afb8c1' }),
  ].join('');
}

interface Bar {
  readonly percent: number;
  readonly top: number;
  readonly fill: string;
  /** Where its interval ends: the figure stands behind it. */
  readonly until?: number;
}

function bar({ percent, top, fill, until = percent }: Bar): string {
  const width = xOf(percent) - LEFT;
  const label = `<text x="${xOf(Math.max(percent, until)) + 6}" y="${top + BAR - 3}" font-size="10" fill="#1f2328">${Math.round(percent)}</text>`;
  return `<rect x="${LEFT}" y="${top}" width="${width}" height="${BAR - 1}" fill="${fill}"/>${label}`;
}

function whisker(low: number, high: number, y: number): string {
  return `<line x1="${xOf(low)}" y1="${y}" x2="${xOf(high)}" y2="${y}" stroke="#1f2328" stroke-width="1.5"/>`;
}

function xOf(percent: number): number {
  const share = Math.min(percent, MOST_PERCENT) / MOST_PERCENT;
  return Math.round((LEFT + share * (WIDTH - LEFT - RIGHT)) * 10) / 10;
}
