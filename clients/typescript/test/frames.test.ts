import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parseServerFrame } from '../src/index.ts'
import type { Script } from './support/script.ts'
import { load, scriptFiles } from './support/vectors.ts'

interface Frames {
  server: { name: string; text: string; result: 'ok' | 'ignored' | 'invalid'; frame?: object }[]
  client: { name: string; frame: object; valid: boolean }[]
}

const frames = load<Frames>('vectors/frames.json')
const ajv = new Ajv2020({ allErrors: true, strict: false })
ajv.addSchema(load<object>('entries.schema.json'))
ajv.addSchema(load<object>('frames.schema.json'))
const base = 'https://madang.invalid/realtime/'
const clientSchema = schema(`${base}frames.schema.json#/$defs/client_frame`)
const serverSchema = schema(`${base}frames.schema.json#/$defs/server_frame`)
const syncSchema = schema(`${base}entries.schema.json#/$defs/sync_answer`)

function schema(ref: string): ValidateFunction {
  return ajv.compile({ $ref: ref })
}

describe('server frames', () => {
  test.each(frames.server)('$name: $result', ({ text, result, frame }) => {
    const parsed = parseServerFrame(text)
    expect(parsed.result).toBe(result)
    if (parsed.result === 'ok') expect(parsed.frame).toMatchObject(frame ?? {})
  })

  test.each(frames.server.filter(({ result }) => result === 'ok'))('$name fits the schema', ({ text }) => {
    serverSchema(JSON.parse(text))
    expect(serverSchema.errors ?? []).toEqual([])
  })

  test.each([undefined, new ArrayBuffer(8), '['.repeat(5_000)])('what is no text frame is invalid', (received) => {
    expect(parseServerFrame(received).result).toBe('invalid')
  })
})

describe('client frames', () => {
  test.each(frames.client)('$name: valid $valid', ({ frame, valid }) => {
    expect(clientSchema(frame)).toBe(valid)
  })
})

describe('scripts', () => {
  const steps = scriptFiles().flatMap((file) => load<{ scripts: Script[] }>(`vectors/${file}`).scripts.flatMap((s) => s.steps))

  test('sync answers in the scripts fit the schema', () => {
    const answers = steps.flatMap((step) => (step['answer'] as { body?: { entries?: unknown } } | undefined)?.body ?? [])
    const sync = answers.filter((body) => 'entries' in body)
    expect(sync.length).toBeGreaterThan(3)
    for (const body of sync) expect(syncSchema(body), JSON.stringify(body)).toBe(true)
  })
})
