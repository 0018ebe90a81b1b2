import type { Clock } from '../clock.ts'

const INTERVAL_MS = 1_000

/** One ack, a second after the first unacked entry, for the newest cursor. */
export class Acks {
  private timer: unknown

  constructor(
    private readonly clock: Clock,
    private readonly send: () => void,
  ) {}

  due(): void {
    this.timer ??= this.clock.setTimeout(() => {
      this.timer = undefined
      this.send()
    }, INTERVAL_MS)
  }

  cancel(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer)
    this.timer = undefined
  }
}
