import type { MadangApi } from '../api/index.ts'
import type { Cursor } from '../types.ts'
import type { Line, LineEvents } from './line.ts'
import { endOf } from './sse-line.ts'

const WAIT_S = 25

/** Reads by long poll; every `since` acks what came before it. */
export class PollLine implements Line {
  readonly kind = 'poll'
  private readonly abort = new AbortController()
  private over = false

  constructor(
    private readonly api: MadangApi,
    private readonly since: Cursor | undefined,
    private readonly events: LineEvents,
  ) {
    void this.run()
  }

  send(): boolean {
    return false
  }

  ack(): void {
    // the next `since` does it
  }

  probe(): void {
    // every poll is bounded in time
  }

  close(): void {
    this.over = true
    this.abort.abort()
  }

  private async run(): Promise<void> {
    let since = this.since
    try {
      for (let first = true; !this.over; first = false) {
        const answer = await this.api.sync.read({ since, wait: first ? undefined : WAIT_S, limit: 500 }, this.abort.signal)
        if (this.over) return
        if (first) this.events.ready({ cursor: since ?? answer.cursor, heartbeat_ms: WAIT_S * 1000 })
        if (answer.reset) this.events.reset(answer.cursor)
        for (const entry of answer.entries) this.events.entry(entry)
        since = answer.cursor
      }
    } catch (error) {
      if (this.over) return
      this.close()
      this.events.ended(endOf(error))
    }
  }
}
