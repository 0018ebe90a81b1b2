import { describe, expect, test } from 'vitest'
import { MadangClient, type LineKind, type RealtimeClient } from '../src/index.ts'
import { FakeClock, settled } from './support/fake-clock.ts'
import { FakeSocket } from './support/fake-server.ts'

/** `count` = requests so far, this one included. */
type Handler = (url: URL, init: RequestInit, count: number) => Response | Promise<Response>

class Bench {
  readonly clock = new FakeClock()
  readonly sockets: FakeSocket[] = []
  readonly requests: string[] = []
  readonly told: unknown[] = []
  readonly client: RealtimeClient

  constructor(handler: Handler, lines: LineKind[], cursor?: string) {
    const madang = new MadangClient({
      baseUrl: 'http://server.test',
      clock: this.clock,
      fetch: async (url, init = {}) => {
        this.requests.push(`${init.method} ${String(url).slice('http://server.test'.length)}`)
        return handler(new URL(String(url)), init, this.requests.length)
      },
      openSocket: () => {
        const socket = new FakeSocket(() => undefined)
        this.sockets.push(socket)
        return socket
      },
    })
    this.client = madang.realtime({ cursor, lines })
    this.client.on('entry', ({ cursor: at }) => this.told.push(at))
    this.client.on('reset', (reset) => this.told.push(reset))
    this.client.on('signal', ({ type }) => this.told.push(type))
    this.client.on('state', (state) => this.told.push(state))
  }

  async start(): Promise<this> {
    this.client.start()
    await settled()
    return this
  }
}

const entry = (cursor: string) => ({ cursor, type: 'garden.watered', at: '2026-11-22T17:14:35.123Z', data: {} })
const sync = (cursor: string, ...cursors: string[]) => Response.json({ entries: cursors.map(entry), cursor, limited: false })
const hanging = (init: RequestInit) =>
  new Promise<Response>((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted'))))

function stream() {
  let push: (text: string) => void = () => undefined
  let end: () => void = () => undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      push = (text) => controller.enqueue(new TextEncoder().encode(text))
      end = () => controller.close()
    },
  })
  return { response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }), push, end }
}

describe('server-sent events', () => {
  test('entries, signals and acks', async () => {
    const events = stream()
    const bench = await new Bench((url) => (url.pathname === '/v1/sync' ? events.response : new Response(null, { status: 204 })), ['sse'], 'c0').start()
    events.push(`: ping\n\nid: c1\nevent: entry\ndata: ${JSON.stringify(entry('c1'))}\n\nevent: signal\ndata: {"type":"typing","data":{}}\n\n`)
    await settled()
    expect(bench.told).toEqual(['connecting', 'online', 'c1', 'typing'])
    await bench.clock.advance(1_000)
    expect(bench.requests).toEqual(['GET /v1/sync?since=c0', 'POST /v1/sync/ack'])
    bench.client.stop()
  })

  test('without a cursor it begins with a reset, told once', async () => {
    const events = stream()
    const bench = await new Bench(() => events.response, ['sse']).start()
    events.push('event: reset\ndata: {"cursor":"c9"}\n\n')
    await settled()
    expect(bench.told).toEqual(['connecting', 'online', { cursor: 'c9' }])
    bench.client.stop()
  })

  test('a drained stream comes back after its retry, with the last cursor', async () => {
    const events = stream()
    const bench = await new Bench((_, __, count) => (count === 1 ? events.response : stream().response), ['sse'], 'c0').start()
    events.push(`event: entry\ndata: ${JSON.stringify(entry('c1'))}\n\nretry: 3210\n\n`)
    events.end()
    await settled()
    await bench.clock.advance(3_209)
    expect(bench.requests).toHaveLength(1)
    await bench.clock.advance(1)
    expect(bench.requests.at(-1)).toBe('GET /v1/sync?since=c1')
    bench.client.stop()
  })

  test('401 signs out', async () => {
    const bench = await new Bench(() => Response.json({ code: 'unauthenticated' }, { status: 401 }), ['sse'], 'c0').start()
    expect(bench.told).toEqual(['connecting', 'signed_out'])
  })

  test('a silent stream is left', async () => {
    const bench = await new Bench(() => stream().response, ['sse'], 'c0').start()
    await bench.clock.advance(50_000)
    expect(bench.told).toEqual(['connecting', 'online', 'waiting'])
    bench.client.stop()
  })
})

describe('long poll', () => {
  test('asks at once, then waits from the newest cursor', async () => {
    const bench = await new Bench((_, init, count) => (count < 3 ? sync(`c${count}`, `c${count}`) : hanging(init)), ['poll'], 'c0').start()
    expect(bench.requests).toEqual(['GET /v1/sync?since=c0&limit=500', 'GET /v1/sync?since=c1&wait=25&limit=500', 'GET /v1/sync?since=c2&wait=25&limit=500'])
    expect(bench.told).toEqual(['connecting', 'online', 'c1', 'c2'])
    bench.client.stop()
  })

  test('an old cursor is replaced and told once', async () => {
    const reset = () => Response.json({ reset: true, entries: [], cursor: 'c9', limited: false })
    const bench = await new Bench((_, init, count) => (count === 1 ? reset() : hanging(init)), ['poll'], 'old').start()
    expect(bench.told).toEqual(['connecting', 'online', { cursor: 'c9' }])
    expect(bench.requests.at(-1)).toContain('since=c9')
    bench.client.stop()
  })
})

describe('the ladder', () => {
  test('two sockets that fail lead to SSE, and later back to the socket', async () => {
    const bench = await new Bench(() => stream().response, ['socket', 'sse', 'poll'], 'c0').start()
    bench.sockets[0]?.lose(1006)
    await bench.clock.advance(750)
    bench.sockets[1]?.lose(1006)
    await bench.clock.advance(1_250)
    expect(bench.requests).toEqual(['GET /v1/sync?since=c0'])
    expect(bench.client.state).toBe('online')
    bench.client.stop()
  })

  test('a server that is not there keeps the socket first', async () => {
    const bench = await new Bench(() => Promise.reject(new TypeError('fetch failed')), ['socket', 'sse', 'poll'], 'c0').start()
    for (const round of [0, 1]) {
      bench.sockets[round]?.lose(1006)
      await bench.clock.advance(30_000)
    }
    expect(bench.requests).toHaveLength(1)
    expect(bench.sockets).toHaveLength(3)
    bench.client.stop()
  })

  test('wake does not wait for the timer', async () => {
    const bench = await new Bench(() => stream().response, ['socket'], 'c0').start()
    bench.sockets[0]?.lose(1006)
    bench.client.wake()
    expect(bench.sockets).toHaveLength(2)
    bench.client.stop()
  })
})
