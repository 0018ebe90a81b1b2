import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// The client's tests run here too, on the packages installed for the app.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [react()],
        resolve: { alias: { '@madang/client': here('../clients/typescript/src/index.ts') } },
        test: { name: 'app', environment: 'jsdom', include: ['test/**/*.test.{ts,tsx}'], setupFiles: ['test/setup.ts'], testTimeout: 20_000 },
      },
      {
        root: here('../clients/typescript'),
        resolve: { alias: { vitest: here('./node_modules/vitest'), ajv: here('./node_modules/ajv') } },
        server: { fs: { strict: false } },
        test: { name: 'client', include: ['test/**/*.test.ts'] },
      },
    ],
  },
})
