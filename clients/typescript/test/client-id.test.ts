import { expect, test, vi } from 'vitest'
import { newClientId } from '../src/client-id.ts'

test('a client id needs no secure context', () => {
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(0x0a) })
  expect(newClientId()).toBe('0a'.repeat(16))
  vi.unstubAllGlobals()
})

test('two client ids differ', () => {
  expect(newClientId()).not.toBe(newClientId())
})
