export interface SseEvent {
  event: string
  data: string
  /** The last event id seen so far. */
  id: string | undefined
}

/** Takes `text/event-stream` in pieces and gives its events (HTML standard, section 9.2.6). */
export class SseParser {
  /** The last `retry:` in ms. */
  retryMs: number | undefined
  private rest = ''
  private started = false
  private afterReturn = false
  private event = ''
  private data: string[] = []
  private id: string | undefined

  push(chunk: string): SseEvent[] {
    this.rest += chunk
    if (!this.started && this.rest !== '') {
      this.started = true
      if (this.rest.startsWith('\ufeff')) this.rest = this.rest.slice(1)
    }
    const events: SseEvent[] = []
    for (let line = this.nextLine(); line !== undefined; line = this.nextLine()) {
      if (line !== '') this.field(line)
      else if (this.data.length > 0) events.push({ event: this.event || 'message', data: this.data.join('\n'), id: this.id })
      if (line === '') this.clear()
    }
    return events
  }

  /** A CR ends its line at once; an LF that follows it, maybe in the next piece, belongs to it. */
  private nextLine(): string | undefined {
    if (this.afterReturn && this.rest !== '') {
      if (this.rest.startsWith('\n')) this.rest = this.rest.slice(1)
      this.afterReturn = false
    }
    const end = this.rest.search(/[\r\n]/)
    if (end < 0) return undefined
    const line = this.rest.slice(0, end)
    this.afterReturn = this.rest[end] === '\r'
    this.rest = this.rest.slice(end + 1)
    return line
  }

  private field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    if (name === 'event') this.event = value
    else if (name === 'data') this.data.push(value)
    else if (name === 'id' && !value.includes('\0')) this.id = value
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
  }

  private clear(): void {
    this.event = ''
    this.data = []
  }
}
