export interface Series {
  /** In [0, 1], ascending: where in the window. */
  x: number[]
  /** One row per point, one value per layer. */
  rows: number[][]
}

/** The next of 1, 2, 5 × 10ⁿ, so that the scale does not twitch. */
export function niceMax(value: number): number {
  if (value <= 1) return 1
  const size = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5].find((step) => step * size >= value) ?? 10) * size
}

/** The outline of each layer upon those before it, as SVG paths in a box of 1 × 1, y downwards. */
export function layersOf({ x, rows }: Series, max: number): string[] {
  const layers = rows[0]?.length ?? 0
  const y = (value: number) => round(1 - value / max)
  let below = rows.map(() => 0)
  return Array.from({ length: layers }, (_, layer) => {
    const above = rows.map((row, index) => (below[index] ?? 0) + (row[layer] ?? 0))
    const up = above.map((value, index) => `${round(x[index] ?? 0)} ${y(value)}`)
    const back = below.map((value, index) => `${round(x[index] ?? 0)} ${y(value)}`).reverse()
    below = above
    return `M${[...up, ...back].join('L')}Z`
  })
}

export const highest = ({ rows }: Series) => rows.reduce((most, row) => Math.max(most, row.reduce((sum, value) => sum + value, 0)), 0)

const round = (value: number) => Math.round(value * 10_000) / 10_000

/** Points that are as far from each other everywhere. */
export const evenly = (rows: number[][]): Series => ({ rows, x: rows.map((_, index) => (rows.length < 2 ? 1 : index / (rows.length - 1))) })
