import type { ReactNode } from 'react'
import { shortNumber } from '../crawl/text'
import { useI18n } from '../i18n/i18n'
import { highest, layersOf, niceMax, type Series } from './series'

interface ChartProps {
  title: string
  /** What the picture shows, for who does not see it. */
  text: string
  series: Series
  /** A class for each layer's colour, from the ground up. */
  layers: readonly string[]
  /** What stands below its left and its right end. */
  axis: readonly [string, string]
  /** Instead of a picture, while there are fewer than two points. */
  waiting?: string
  children?: ReactNode
}

/** Layers of areas over time: a picture of its own, redrawn whole when anything changes. */
export function AreaChart({ title, text, series, layers, axis, waiting, children }: ChartProps) {
  const { locale } = useI18n()
  const max = niceMax(highest(series))
  const enough = series.rows.length > 1
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div className="chart-plot">
        <span className="chart-max" aria-hidden="true">{shortNumber(max, locale)}</span>
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label={text}>
          <path className="chart-grid" d="M0 0H1M0 .5H1M0 1H1" vectorEffect="non-scaling-stroke" />
          {enough && layersOf(series, max).map((path, index) => <path key={layers[index]} className={`chart-layer ${layers[index] ?? ''}`} d={path} vectorEffect="non-scaling-stroke" />)}
        </svg>
        {!enough && waiting !== undefined && <span className="chart-wait">{waiting}</span>}
      </div>
      <div className="chart-axis" aria-hidden="true">
        <span>{axis[0]}</span>
        <span>{axis[1]}</span>
      </div>
      {children}
    </figure>
  )
}

export function Legend({ entries }: { entries: readonly { layer: string; name: string; value: string }[] }) {
  return (
    <dl className="legend">
      {entries.map(({ layer, name, value }) => (
        <div key={layer}>
          <dt><span className={`legend-key ${layer}`} aria-hidden="true" /> {name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
