import type { MadangApi } from '../api/index.ts'
import type { Clock } from '../clock.ts'
import type { Entry, Signal } from '../entries.ts'
import { MadangError } from '../error.ts'
import { type SseEvent, SseParser } from '../sse.ts'
import type { Cursor } from '../types.ts'
import type { Line, LineEnd, LineEvents } from './line.ts'
import { Watchdog } from './watchdog.ts'

const HEARTBEAT_MS = 25_000
const OPEN_WITHIN_MS = 10_000
const PROBE_MS = 5_000

/** Reads over `text/event-stream`; sends nothing. */
export class SseLine implements Line {
  readonly kind = 'sse'
  private readonly abort = new AbortController()
  private readonly watchdog: Watchdog
  private readonly parser = new SseParser()
  private over = false

  constructor(
    private readonly api: MadangApi,
    private readonly since: Cursor | undefined,
    private readonly events: LineEvents,
    clock: Clock,
  ) {
    this.watchdog = new Watchdog(clock, () => this.end({}))
    this.watchdog.watch(OPEN_WITHIN_MS)
    void this.run()
  }

  send(): boolean {
    return false
  }

  ack(cursor: Cursor): void {
    this.api.sync.ack(cursor).catch(() => undefined) // the next one, or the next `since`, says the same
  }

  probe(): void {
    this.watchdog.hurry(PROBE_MS + HEARTBEAT_MS)
  }

  close(): void {
    if (this.over) return
    this.over = true
    this.watchdog.stop()
    this.abort.abort()
  }

  private async run(): Promise<void> {
    try {
      const response = await this.api.sync.stream(this.since, this.abort.signal)
      if (this.over || !response.body) return this.end({})
      this.watchdog.watch(2 * HEARTBEAT_MS)
      if (this.since !== undefined) this.events.ready({ cursor: this.since, heartbeat_ms: HEARTBEAT_MS })
      await this.read(response.body.getReader())
      this.end({ afterMs: this.parser.retryMs })
    } catch (error) {
      this.end(endOf(error))
    }
  }

  private async read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    for (let piece = await reader.read(); !piece.done && !this.over; piece = await reader.read()) {
      this.watchdog.feed()
      for (const event of this.parser.push(decoder.decode(piece.value, { stream: true }))) this.dispatch(event)
    }
  }

  private dispatch(event: SseEvent): void {
    if (this.over) return
    const data: unknown = JSON.parse(event.data)
    if (event.event === 'entry') this.events.entry(data as Entry)
    else if (event.event === 'signal') this.events.signal(data as Signal)
    else if (event.event === 'reset') this.reset((data as { cursor: Cursor }).cursor)
  }

  /** Without a cursor of ours the stream begins with a reset, which is its `ready`. */
  private reset(cursor: Cursor): void {
    if (this.since === undefined) this.events.ready({ cursor, heartbeat_ms: HEARTBEAT_MS })
    this.events.reset(cursor)
  }

  private end(end: LineEnd): void {
    if (this.over) return
    this.close()
    this.events.ended(end)
  }
}

export function endOf(error: unknown): LineEnd {
  if (!(error instanceof MadangError)) return { unreachable: error instanceof TypeError }
  return {
    signedOut: error.status === 401,
    afterMs: error.retryAfterMs,
    unreachable: error.code === 'network' || error.code === 'timeout',
  }
}
