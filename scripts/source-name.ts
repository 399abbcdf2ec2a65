import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const folders = ['src', 'web'];
const files = /^(schema\.graphql|codegen\.yml|tsconfig.*\.json|package-lock\.json)$/;
// Generated from the rest.
const generated = join('web', 'gql') + sep;

/** A build is named by the content of what it is made from: 16 hex digits, the same for the same sources. */
export function nameOfSources(root: string): string {
  const hash = createHash('sha256');
  for (const path of sourcesOf(root)) {
    const content = readFileSync(join(root, path));
    hash.update(`${path.replaceAll(sep, '/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

function sourcesOf(root: string): string[] {
  const atRoot = readdirSync(root).filter((name) => files.test(name));
  return [...atRoot, ...folders.flatMap((folder) => filesBelow(root, folder))].sort();
}

function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.startsWith(generated));
}
