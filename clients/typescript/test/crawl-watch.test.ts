import { beforeEach, describe, expect, test } from 'vitest'
import { type Crawl, type CrawlProgress, CrawlWatch, MadangApi } from '../src/index.ts'
import { FakeClock, settled } from './support/fake-clock.ts'

const progress = (fetched: number): CrawlProgress => ({
  fetched, per_second: 1, hosts: 1, in_flight: 1, waiting: 5, resting: 0, parked: 0, done: fetched, gone: 0, refused: 0, bytes: 0, wire_bytes: 0,
  statuses: {}, faults: {}, refused_by: {}, duplicates: {}, elapsed_ms: 1_000,
})
const crawl = (state: Crawl['state'], fetched = 0) => ({ id: '7', state, settings: { seeds: ['http://a.test/'] }, created_at: '2026-11-22T00:00:00Z', progress: progress(fetched) }) as unknown as Crawl

/** The server of these tests: each request takes the next answer. */
type Reply = { stream: Stream } | { crawl: Crawl } | { status: number } | 'unreachable'

class Stream {
  controller!: ReadableStreamDefaultController<Uint8Array>
  readonly body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) })
  event = (event: string, data: unknown) => this.text(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  text = (text: string) => this.controller.enqueue(new TextEncoder().encode(text))
  end = () => this.controller.close()
}

let clock: FakeClock
let seen: unknown[]
let asked: string[]
let replies: Reply[]

beforeEach(() => {
  clock = new FakeClock()
  seen = []
  asked = []
  replies = []
})

function watch(...answers: Reply[]): CrawlWatch {
  replies = answers
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked.push(new URL(String(input)).pathname)
    const reply = replies.shift()
    if (!reply) throw new Error('no answer is left')
    if (reply === 'unreachable') return Promise.reject(new TypeError('fetch failed'))
    if ('status' in reply) return Promise.resolve(new Response('{}', { status: reply.status }))
    if ('crawl' in reply) return Promise.resolve(Response.json(reply.crawl))
    init?.signal?.addEventListener('abort', () => reply.stream.controller.error(new DOMException('aborted', 'AbortError')))
    return Promise.resolve(new Response(reply.stream.body))
  }
  return new CrawlWatch(new MadangApi({ baseUrl: 'http://server.test', clock, fetch }), '7', {
    crawl: (each) => seen.push(`${each.state} ${each.progress.fetched}`),
    progress: (each) => seen.push(each.fetched),
    line: (line) => seen.push(line),
    refused: (error) => seen.push(error.status),
  }, clock)
}

describe('a crawl is followed', () => {
  test('by events until it ends, and then no more', async () => {
    const stream = new Stream()
    watch({ stream })
    await settled()
    stream.event('state', crawl('running'))
    stream.text(': ping\n\n')
    stream.event('progress', progress(3))
    stream.event('state', crawl('finished', 9))
    await settled()
    await clock.advance(120_000)
    expect(seen).toEqual(['live', 'running 0', 3, 'finished 9'])
    expect(asked).toEqual(['/v1/crawls/7/events'])
  })

  test('over a break of the line, which is not worth a word', async () => {
    const [first, second] = [new Stream(), new Stream()]
    watch({ stream: first }, { stream: second })
    await settled()
    first.event('state', crawl('running'))
    first.end()
    await settled()
    await clock.advance(1_000)
    second.event('state', crawl('paused', 4))
    await settled()
    expect(seen).toEqual(['live', 'running 0', 'live', 'paused 4'])
  })

  test('after the time that a draining server names', async () => {
    const [first, second] = [new Stream(), new Stream()]
    watch({ stream: first }, { stream: second })
    await settled()
    first.event('state', crawl('running'))
    first.text('retry: 4000\n\n')
    first.end()
    await settled()
    await clock.advance(3_900)
    expect(asked).toHaveLength(1)
    await clock.advance(200)
    expect(asked).toHaveLength(2)
  })

  test('by asking where streams stay silent, trying a stream again every minute', async () => {
    const polls = Array.from({ length: 20 }, (_, index) => ({ crawl: crawl('running', index) }))
    watch({ stream: new Stream() }, { stream: new Stream() }, ...polls, { stream: new Stream() })
    await settled()
    await clock.advance(15_000) // silence
    await clock.advance(17_000) // and again
    expect(seen).toEqual(['polling', 'running 0'])
    await clock.advance(60_000)
    expect(asked.filter((path) => path.endsWith('/events'))).toHaveLength(3)
  })

  test('through the server being away', async () => {
    const back = new Stream()
    watch('unreachable', 'unreachable', 'unreachable', { crawl: crawl('running', 2) }, { stream: back })
    await settled()
    await clock.advance(8_000)
    back.event('progress', progress(5))
    await settled()
    expect(seen).toEqual(['lost', 'polling', 'running 2', 'live', 5])
  })

  test.each([401, 403, 404])('not at all when the answer is %i', async (status) => {
    watch({ status })
    await settled()
    await clock.advance(60_000)
    expect(seen).toEqual([status])
    expect(asked).toHaveLength(1)
  })

  test('no longer than wanted', async () => {
    const stream = new Stream()
    const watching = watch({ stream })
    await settled()
    stream.event('state', crawl('running'))
    await settled()
    watching.close()
    await clock.advance(60_000)
    expect(seen).toEqual(['live', 'running 0'])
    expect(asked).toHaveLength(1)
  })
})
