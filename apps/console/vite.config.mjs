import path from 'node:path';

import { defineConfig } from 'vite';

// The page as the console serves it: a handful of files of its own, nothing from another host.
export default defineConfig({
  root: path.join(import.meta.dirname, 'page'),
  // Vite's own transform of JSX is all that a page without hot reload needs.
  oxc: { jsx: { runtime: 'automatic' } },
  logLevel: 'warn',
  build: {
    outDir: path.join(import.meta.dirname, 'dist/page'),
    emptyOutDir: true,
    // Nothing is inlined as data: the content policy lets in files of this server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rolldownOptions: {
      // Libraries mark what runs in browsers only; here everything does.
      onLog(level, log, hand) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') hand(level, log);
      },
    },
  },
});
