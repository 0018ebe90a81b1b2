import type { CrawlProgress } from '@madang/client'
import type { Series } from '../charts/series'
import { statusClasses } from './text'

/** What the charts keep of a progress report. */
export interface Sample {
  /** When it came, ms. */
  at: number
  rate: number
  /** Answers so far, in the order of {@link statusClasses}. */
  statuses: number[]
  /** Waiting, resting, parked. */
  queue: number[]
}

interface Window extends Series {
  /** Its length. */
  spanMs: number
}

const LONGEST_MS = 300_000
const SHORTEST_MS = 60_000
const KEPT = 600
/** Two reports that are closer say nothing new. */
const CLOSEST_MS = 500

export function toSample(progress: CrawlProgress, at: number): Sample {
  return {
    at,
    rate: progress.per_second,
    statuses: statusClasses.map((each) => progress.statuses[each] ?? 0),
    queue: [progress.waiting, progress.resting, progress.parked],
  }
}

export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last && next.at - last.at < CLOSEST_MS) return [...samples.slice(0, -1), next]
  return [...samples.slice(-(KEPT - 1)), next]
}

/** The last five minutes, or what there is of them, at least a minute wide. */
export function seriesOf(samples: readonly Sample[], values: (sample: Sample, at: number) => number[], from = 0): Window {
  const end = samples.at(-1)?.at ?? 0
  const first = Math.max(from, samples.findIndex((sample) => end - sample.at <= LONGEST_MS))
  const shown = samples.slice(first)
  const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, end - (shown[0]?.at ?? end)))
  return {
    spanMs,
    x: shown.map((sample) => 1 - (end - sample.at) / spanMs),
    rows: shown.map((sample, index) => values(sample, first + index)),
  }
}

export const ratesOf = (samples: readonly Sample[]) => seriesOf(samples, ({ rate }) => [rate])

export const queueOf = (samples: readonly Sample[]) => seriesOf(samples, ({ queue }) => queue)

/** Answers per second between two reports, so the first has none; a count that fell (another node's report) is no answer. */
export const statusesOf = (samples: readonly Sample[]) =>
  seriesOf(samples, (sample, at) => {
    const before = samples[at - 1] ?? sample
    const seconds = Math.max(1, sample.at - before.at) / 1000
    return sample.statuses.map((count, index) => Math.max(0, (count - (before.statuses[index] ?? 0)) / seconds))
  }, 1)
