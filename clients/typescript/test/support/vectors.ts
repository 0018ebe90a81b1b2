import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../../../../docs/realtime/', import.meta.url)

export function load<T>(name: string): T {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, folder)), 'utf8')) as T
}

export function scriptFiles(): string[] {
  return readdirSync(new URL('vectors/', folder)).filter((name) => name.startsWith('client-'))
}
