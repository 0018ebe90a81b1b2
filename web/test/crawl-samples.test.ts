import { describe, expect, test } from 'vitest'
import { highest, layersOf, niceMax } from '../src/charts/series'
import { queueOf, ratesOf, type Sample, statusesOf, toSample, withSample } from '../src/crawl/samples'
import { progressOf } from './crawl-facts'

const sample = (at: number, more: Partial<Sample> = {}): Sample => ({ at, rate: 0, statuses: [0, 0, 0, 0, 0], queue: [0, 0, 0], ...more })

describe('samples', () => {
  test('keep what the charts show', () => {
    expect(toSample(progressOf({ per_second: 7.5, waiting: 3, parked: 2, statuses: { '2xx': 10, none: 1 } }), 5)).toEqual({ at: 5, rate: 7.5, statuses: [10, 0, 0, 0, 1], queue: [3, 0, 2] })
  })

  test('that come at once are one', () => {
    const kept = withSample(withSample([], sample(1_000)), sample(1_200, { rate: 9 }))
    expect(kept).toEqual([sample(1_200, { rate: 9 })])
  })

  test('are bounded', () => {
    let kept: readonly Sample[] = []
    for (let second = 0; second < 1_000; second++) kept = withSample(kept, sample(second * 1_000))
    expect(kept).toHaveLength(600)
    expect(kept.at(-1)?.at).toBe(999_000)
  })
})

describe('series', () => {
  test('end now, and are at least a minute wide', () => {
    const { x, spanMs } = ratesOf([sample(0), sample(30_000)])
    expect(spanMs).toBe(60_000)
    expect(x).toEqual([0.5, 1])
  })

  test('forget what is older than five minutes', () => {
    const { rows, spanMs, x } = queueOf([sample(0, { queue: [9, 9, 9] }), sample(200_000), sample(400_000)])
    expect(rows).toHaveLength(2)
    expect(spanMs).toBe(200_000)
    expect(x).toEqual([0, 1])
  })

  test('count answers between two reports, per second', () => {
    const { rows } = statusesOf([sample(0, { statuses: [10, 0, 0, 0, 0] }), sample(2_000, { statuses: [30, 2, 0, 0, 0] }), sample(3_000, { statuses: [5, 2, 0, 0, 0] })])
    expect(rows).toEqual([[10, 1, 0, 0, 0], [0, 0, 0, 0, 0]])
  })

  test('of nothing are empty', () => {
    expect(layersOf(ratesOf([]), 1)).toEqual([])
    expect(highest(ratesOf([]))).toBe(0)
  })

  test('stand on each other', () => {
    const series = queueOf([sample(0, { queue: [5, 0, 5] }), sample(60_000, { queue: [10, 0, 0] })])
    expect(highest(series)).toBe(10)
    expect(layersOf(series, 10)).toEqual(['M0 0.5L1 0L1 1L0 1Z', 'M0 0.5L1 0L1 0L0 0.5Z', 'M0 0L1 0L1 0L0 0.5Z'])
  })
})

test.each([[0, 1], [0.3, 1], [1.2, 2], [4, 5], [412, 500], [501, 1_000], [99_000, 100_000]])('%d fits below %d', (value, expected) => {
  expect(niceMax(value)).toBe(expected)
})
