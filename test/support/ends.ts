// What a test file has begun and must not leave behind. Test files share their workers and so these modules, where a hook of
// Vitest's would belong to the first file alone: each-file.ts registers it for every one.
type End = () => unknown;

const ends: End[] = [];

/** Called when the test file is over, the last one first. */
export function atEndOfFile(end: End): void {
  ends.push(end);
}

export async function endAll(): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
}
