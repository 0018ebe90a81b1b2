import type { MadangApi } from './api/index.ts'
import { backoffMs, type Clock, systemClock } from './clock.ts'
import type { Crawl, CrawlProgress } from './crawls.ts'
import { MadangError } from './error.ts'
import { Watchdog } from './realtime/watchdog.ts'
import { type SseEvent, SseParser } from './sse.ts'
import type { Id } from './types.ts'

export interface CrawlEvents {
  /** At the start, after each break, and whenever the state changes. */
  crawl(crawl: Crawl): void
  progress(progress: CrawlProgress): void
  /** Whether news comes by itself, is asked for every few seconds, or cannot be had. */
  line?(line: CrawlLine): void
  /** The crawl is not there, or not for this person: nothing more will come. */
  refused?(error: MadangError): void
}

export type CrawlLine = 'live' | 'polling' | 'lost'

const OPEN_WITHIN_MS = 10_000
/** The server says something every second; a proxy that collects events looks like silence. */
const SILENCE_MS = 15_000
/** So many streams in a row that broke before their first event: this network does not let events through. */
const BROKEN_STREAMS = 2
const POLL_MS = 3_000
const STREAM_AGAIN_MS = 60_000

/** Follows a crawl until it has ended: by events, and where events do not get through by asking. */
export class CrawlWatch {
  private readonly clock: Clock
  private readonly watchdog: Watchdog
  private abort = new AbortController()
  private timer: unknown
  private failures = 0
  private brokenStreams = 0
  private polledMs = 0
  private over = false

  constructor(
    private readonly api: MadangApi,
    private readonly id: Id,
    private readonly events: CrawlEvents,
    clock: Clock = systemClock,
  ) {
    this.clock = clock
    this.watchdog = new Watchdog(clock, () => this.abort.abort())
    void this.stream()
  }

  close(): void {
    this.over = true
    this.watchdog.stop()
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer)
    this.abort.abort()
  }

  private async stream(): Promise<void> {
    this.abort = new AbortController()
    this.watchdog.watch(OPEN_WITHIN_MS)
    let heard = false
    let afterMs: number | undefined
    try {
      const response = await this.api.crawls.events(this.id, this.abort.signal)
      this.watchdog.watch(SILENCE_MS)
      const parser = new SseParser()
      for await (const event of read(response, parser, () => this.watchdog.feed())) {
        if (this.over) return
        if (!heard) this.events.line?.('live')
        heard = true
        this.failures = 0
        this.dispatch(event)
      }
      afterMs = parser.retryMs
    } catch (error) {
      if (this.isRefused(error)) return
      afterMs = error instanceof MadangError ? error.retryAfterMs : undefined
    } finally {
      this.watchdog.stop()
    }
    if (this.over) return
    this.brokenStreams = heard ? 0 : this.brokenStreams + 1
    if (this.brokenStreams >= BROKEN_STREAMS) await this.poll()
    else this.after(afterMs ?? backoffMs(this.failures++, this.clock.random()), () => this.stream())
  }

  private async poll(): Promise<void> {
    try {
      const crawl = await this.api.crawls.get(this.id)
      if (this.over) return
      // A server that is back deserves a stream at once; one that only polls get through to is not tried every time.
      this.polledMs = this.failures > 0 ? STREAM_AGAIN_MS : this.polledMs + POLL_MS
      this.failures = 0
      this.events.line?.('polling')
      this.show(crawl)
      const streams = this.polledMs >= STREAM_AGAIN_MS
      if (streams) this.polledMs = 0
      this.after(POLL_MS, () => (streams ? this.stream() : this.poll()))
    } catch (error) {
      if (this.over || this.isRefused(error)) return
      this.events.line?.('lost')
      const asked = error instanceof MadangError ? error.retryAfterMs : undefined
      this.after(asked ?? backoffMs(this.failures++, this.clock.random()), () => this.poll())
    }
  }

  private dispatch(event: SseEvent): void {
    const value: unknown = JSON.parse(event.data)
    if (event.event === 'state') this.show(value as Crawl)
    else if (event.event === 'progress') this.events.progress(value as CrawlProgress)
  }

  private show(crawl: Crawl): void {
    this.events.crawl(crawl)
    if (hasEnded(crawl)) this.close()
  }

  private isRefused(error: unknown): boolean {
    if (!(error instanceof MadangError) || ![401, 403, 404].includes(error.status)) return false
    this.close()
    this.events.refused?.(error)
    return true
  }

  private after(ms: number, next: () => Promise<void>): void {
    if (this.over) return
    this.timer = this.clock.setTimeout(() => void next(), ms)
  }
}

/** No more will come of it, unless somebody resumes it. */
export function hasEnded(crawl: Pick<Crawl, 'state'>): boolean {
  return crawl.state === 'stopped' || crawl.state === 'finished' || crawl.state === 'failed'
}

async function* read(response: Response, parser: SseParser, onPiece: () => void): AsyncGenerator<SseEvent> {
  const reader = response.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    onPiece()
    yield* parser.push(decoder.decode(piece.value, { stream: true }))
  }
}
