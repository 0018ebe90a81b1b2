import type { Clock } from '../../src/index.ts'

interface Timer {
  at: number
  order: number
  run: () => void
}

/** Time moves only when told; timers run in order of their time, then of their making. */
export class FakeClock implements Clock {
  now = 0
  private order = 0
  private readonly timers = new Set<Timer>()

  constructor(private readonly draws: number[] = [0.5]) {}

  setTimeout(run: () => void, ms: number): Timer {
    const timer = { at: this.now + ms, order: this.order++, run }
    this.timers.add(timer)
    return timer
  }

  clearTimeout(timer: unknown): void {
    this.timers.delete(timer as Timer)
  }

  random(): number {
    return (this.draws.length > 1 ? this.draws.shift() : this.draws[0]) ?? 0.5
  }

  async advance(ms: number): Promise<void> {
    const until = this.now + ms
    for (let due = this.nextDue(until); due; due = this.nextDue(until)) {
      this.now = due.at
      this.timers.delete(due)
      due.run()
      await settled()
    }
    this.now = until
  }

  private nextDue(until: number): Timer | undefined {
    return [...this.timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0]
  }
}

/** Lets every pending promise run to its end. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve))
}
