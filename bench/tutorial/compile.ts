// Node strips types but runs no decorators: the tutorial build is compiled before it is measured, as it would be deployed.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Below node_modules, where its packages are found and nothing else looks. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache');

export interface Compiled {
  readonly program: string;
  remove(): void;
}

export function compileTutorial(): Compiled {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'kassa-tutorial-'));
  const options = optionsOfProject();
  for (const file of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file === 'compile.ts') continue;
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions: options, fileName: file });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return { program: join(folder, 'main.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function optionsOfProject(): ts.CompilerOptions {
  const root = join(import.meta.dirname, '../..');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // No types are looked at: what is imported for its type only says so.
  return { ...options, module: ts.ModuleKind.ESNext, noEmit: false };
}
