/** `k=v` joined by `&`, sorted by name, values as they are: the text both sides sign. */
export function canonicalString(pairs: Iterable<readonly [string, string]>, leaveOut: readonly string[]): string {
  return Array.from(pairs)
    .filter(([name]) => !leaveOut.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
