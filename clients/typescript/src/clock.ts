/** Time and chance, so that tests can hold both. */
export interface Clock {
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  /** In [0, 1). */
  random(): number
}

export const systemClock: Clock = {
  setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
}

const FLOOR_MS = 500
const FIRST_CEILING_MS = 1_000
const CEILING_MS = 30_000

/** Full jitter between 0.5 s and a ceiling that doubles from 1 s to 30 s. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(failures, 10))
  return FLOOR_MS + random * (ceiling - FLOOR_MS)
}
