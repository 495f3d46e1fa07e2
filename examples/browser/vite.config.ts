/**
 * The page takes the packages from their sources, so that nothing has to be built first; a project of your own needs the
 * headers alone. They isolate the page, which may then share memory between threads.
 */
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { sourceAliases } from '../../scripts/lib/package-exports.mjs';

const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const workspace = join(import.meta.dirname, '../..');
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

export default defineConfig({
  base: './',
  resolve: {
    alias: sourceAliases(workspace).map(({ specifier, source }) => ({
      find: new RegExp(`^${literally(specifier)}$`),
      replacement: source,
    })),
  },
  // A page that loads models of any kind carries all layers.
  build: { target: 'es2022', chunkSizeWarningLimit: 1000 },
  server: { headers, fs: { allow: [workspace] } },
  preview: { headers },
});
