import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MAX_BYTES = 8 * 1024 * 1024;

/** What is wrong with a manifest, in words for whoever made it. */
export class ManifestError extends Error {}

/**
 * Reads operations by the SHA-256 of their text: `persisted-documents.json` of graphql-codegen's client preset, or a manifest of
 * Apollo's. @throws ManifestError
 */
export function readManifest(path: string): Map<string, string> {
  const entries = entriesOf(parsed(contentOf(path)));
  return new Map(
    entries.map(([name, text]) => {
      const hash = name.replace(/^sha256:/, '');
      if (typeof text !== 'string' || createHash('sha256').update(text).digest('hex') !== hash)
        throw new ManifestError(
          `the entry ${JSON.stringify(name.slice(0, 80))} is not named by the SHA-256 of its text (hashAlgorithm: "sha256")`,
        );
      return [hash, text];
    }),
  );
}

function contentOf(path: string): string {
  try {
    const content = readFileSync(path);
    if (content.byteLength > MAX_BYTES) throw new ManifestError(`it has more than ${MAX_BYTES} bytes`);
    return content.toString('utf8');
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    throw new ManifestError(`it can't be read${error instanceof Error && 'code' in error ? ` (${error.code})` : ''}`);
  }
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, like every other way of being no object.
  }
  throw new ManifestError('it is no JSON object');
}

function entriesOf(manifest: object): [string, unknown][] {
  if (!('operations' in manifest) || !Array.isArray(manifest.operations)) return Object.entries(manifest);
  return manifest.operations.map((operation: unknown) => {
    const { id, body } = Object.assign({ id: '', body: undefined }, operation);
    return [String(id), body];
  });
}
