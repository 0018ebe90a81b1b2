import type { LineEnd, LineKind } from './line.ts'

const MISSES = 2

/** Which kind of line to try: down a step after two misses in a row, back to the top when nothing is reachable at all. */
export class Ladder {
  private step = 0
  private misses = 0

  constructor(private readonly kinds: readonly LineKind[]) {}

  get kind(): LineKind {
    return this.kinds[this.step] ?? 'socket'
  }

  get atTop(): boolean {
    return this.step === 0
  }

  held(): void {
    this.misses = 0
  }

  missed(end: LineEnd): void {
    if (end.unreachable) return this.toTop()
    this.misses += 1
    if (this.misses < MISSES || this.step + 1 >= this.kinds.length) return
    this.step += 1
    this.misses = 0
  }

  toTop(): void {
    this.step = 0
    this.misses = 0
  }
}
