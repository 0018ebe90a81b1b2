import { copyFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const server = process.env['MADANG_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), apiReference()],
  resolve: { alias: { '@madang/client': here('../clients/typescript/src/index.ts') } },
  server: {
    fs: { allow: [here('.'), here('../clients/typescript')] },
    proxy: Object.fromEntries(['/v1', '/openapi', '/docs', '/health'].map((path) => [path, { target: server, ws: true }])),
  },
  // No inlined assets and no polyfill script: the server's content security policy allows neither.
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { index: here('./index.html'), sw: here('./src/push/sw.ts') },
      // A service worker keeps its address, or it is never replaced; it shares no chunk with the app.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
})

/** The server's /docs page shows the OpenAPI document with this bundle, from its own origin. */
function apiReference(): Plugin {
  return {
    name: 'madang-api-reference',
    apply: 'build',
    closeBundle() {
      mkdirSync(here('./dist/scalar'), { recursive: true })
      copyFileSync(here('./node_modules/@scalar/api-reference/dist/browser/standalone.js'), here('./dist/scalar/standalone.js'))
    },
  }
}
