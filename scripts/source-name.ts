import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const folders = ['src', 'web'];
const files = /^(schema\.graphql|codegen\.yml|tsconfig\.json|rolldown\.config\.ts|package-lock\.json)$/;
// Generated from the rest.
export const generatedFolders = [join('web', 'gql'), join('test', 'support', 'gql')];

/** A build is named by the content of what it is made from: 16 hex digits, the same for the same sources. */
export function nameOfSources(root: string): string {
  const hash = createHash('sha256');
  for (const path of sourcesOf(root)) {
    const content = readFileSync(join(root, path));
    hash.update(`${path.replaceAll(sep, '/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The same of every GraphQL operation of the pages and the tests, and of what gives it its types. */
export function nameOfOperations(root: string): string {
  const hash = createHash('sha256');
  const made = ['schema.graphql', 'codegen.yml', 'package-lock.json'].filter((name) => existsSync(join(root, name)));
  for (const path of made) hash.update(readFileSync(join(root, path)));
  const code = [...filesBelow(root, 'web'), ...filesBelow(root, 'test')].filter((path) => /\.tsx?$/.test(path));
  for (const path of code.sort())
    for (const [operation] of readFileSync(join(root, path), 'utf8').matchAll(/\bgraphql\(\s*`[^`]*`/g))
      hash.update(operation);
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
    .filter((path) => generatedFolders.every((generated) => !path.startsWith(generated + sep)));
}
