import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// The client's tests run here too, on the packages installed for the app.
export default defineConfig({
  test: {
    projects: [
      {
        root: here('../clients/typescript'),
        resolve: { alias: { vitest: here('./node_modules/vitest'), ajv: here('./node_modules/ajv') } },
        server: { fs: { strict: false } },
        test: { name: 'client', include: ['test/**/*.test.ts'] },
      },
    ],
  },
})
