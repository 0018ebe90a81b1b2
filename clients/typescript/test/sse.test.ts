import { describe, expect, test } from 'vitest'
import { type SseEvent, SseParser } from '../src/index.ts'
import { load } from './support/vectors.ts'

interface Stream {
  name: string
  chunks: string[]
  events: { event: string; data: string; id?: string }[]
  retry_ms?: number
}

describe('event streams', () => {
  test.each(load<{ streams: Stream[] }>('vectors/sse.json').streams)('$name', ({ chunks, events, retry_ms }) => {
    const parser = new SseParser()
    const seen: SseEvent[] = chunks.flatMap((chunk) => parser.push(chunk))
    expect(seen).toEqual(events.map((event) => ({ id: undefined, ...event })))
    expect(parser.retryMs).toBe(retry_ms)
  })
})
