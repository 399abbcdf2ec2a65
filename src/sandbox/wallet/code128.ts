// Code 128, code set C (ISO/IEC 15417): every symbol is eleven modules wide, six for a bar or a gap each, and stands
// for two digits. A row holds ten symbols: 00 to 99, then the seven special ones.
const SYMBOLS = `
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213
221312 231212 112232 122132 122231 113222 123122 123221 223211 221132
221231 213212 223112 312131 311222 321122 321221 312212 322112 322211
212123 212321 232121 111323 131123 131321 112313 132113 132311 211313
231113 231311 112133 112331 132131 113123 113321 133121 313121 211331
231131 213113 213311 213131 311123 311321 331121 312113 312311 332111
314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
111242 121142 121241 114212 124112 124211 411212 421112 421211 212141
214121 412121 111143 111341 131141 114113 114311 411113 411311 113141
114131 311141 411131 211412 211214 211232`
  .trim()
  .split(/\s+/);
const START_C = 105;
const STOP = '2331112';
const QUIET_MODULES = 10;

/** The widths of bars and gaps, a bar first, for an even number of digits. */
export function code128Widths(digits: string): number[] {
  const pairs = (digits.match(/\d\d/g) ?? []).map(Number);
  const sum = pairs.reduce((total, pair, index) => total + pair * (index + 1), START_C);
  const symbols = [START_C, ...pairs, sum % 103].map((value) => SYMBOLS[value] ?? '');
  return Array.from(symbols.join('') + STOP, Number);
}

/** The barcode as an SVG that stretches to any size. */
export function code128Svg(digits: string): string {
  let at = QUIET_MODULES;
  const bars = code128Widths(digits).map((width, index) => {
    const bar = index % 2 === 0 ? `M${at} 0h${width}v40h-${width}z` : '';
    at += width;
    return bar;
  });
  const box = `0 0 ${at + QUIET_MODULES} 40`;
  return `<svg class="bars" viewBox="${box}" preserveAspectRatio="none" role="img"><path d="${bars.join('')}"/></svg>`;
}
