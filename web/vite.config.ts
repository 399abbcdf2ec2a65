import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Three documents, served by the gateway under names of their own; their assets live under /web/.
// Nothing is inlined: the pages run under a Content-Security-Policy without inline scripts.
export default defineConfig({
  root: here('.'),
  base: '/web/',
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { pos: here('pos.html'), pay: here('pay.html'), return: here('return.html') } },
  },
});
