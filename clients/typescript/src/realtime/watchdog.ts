import type { Clock } from '../clock.ts'

/** One timer that is wound anew by every sign of life. */
export class Watchdog {
  private timer: unknown
  private limitMs = 0

  constructor(
    private readonly clock: Clock,
    private readonly bark: () => void,
  ) {}

  watch(limitMs: number): void {
    this.limitMs = limitMs
    this.wind(limitMs)
  }

  feed(): void {
    if (this.timer !== undefined) this.wind(this.limitMs)
  }

  /** For once, a shorter time. */
  hurry(limitMs: number): void {
    if (this.timer !== undefined) this.wind(Math.min(limitMs, this.limitMs))
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer)
    this.timer = undefined
  }

  private wind(ms: number): void {
    this.stop()
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined
      this.bark()
    }, ms)
  }
}
