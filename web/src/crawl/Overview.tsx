import { type CrawlProgress, hasEnded } from '@madang/client'
import { type ReactNode, useId } from 'react'
import { AreaChart, Legend } from '../charts/Charts'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { useShownCrawl } from './CrawlPage'
import { Exports } from './Exports'
import { queueOf, ratesOf, statusesOf } from './samples'
import { SettingsList } from './SettingsList'
import { bytesText, crawlCode, durationText, numberText, percentText, rateText, shortNumber, statusClasses } from './text'

const statusLayers = statusClasses.map((each) => `layer-${each}`)
/** Of a crawl that has ended: no picture is worth so little. */
const FEW_SAMPLES = 5
const queueParts = ['waiting', 'resting', 'parked'] as const

export function Overview() {
  const { crawl } = useShownCrawl()
  return (
    <>
      <Figures />
      <Charts />
      <div className="crawl-columns">
        <Outcomes progress={crawl.progress} />
        <div className="crawl-stack">
          <SettingsList settings={crawl.settings} />
          <Exports id={crawl.id} />
        </div>
      </div>
    </>
  )
}

function Figures() {
  const { t, locale } = useI18n()
  const { crawl } = useShownCrawl()
  const { progress, state } = crawl
  const over = hasEnded(crawl)
  const elapsed = crawl.finished_at ? Date.parse(crawl.finished_at) - Date.parse(crawl.created_at) : progress.elapsed_ms
  return (
    <dl className="figures" aria-label={t('crawl.figures')}>
      <Figure name={t('crawl.fetched')} value={numberText(progress.fetched, locale)} note={crawl.settings.max_pages === undefined ? undefined : `/ ${shortNumber(crawl.settings.max_pages, locale)}`} />
      {!over && <Figure name={t('crawl.chart.rate')} value={t('crawl.rateValue', { number: rateText(progress.per_second, locale) })} />}
      {!over && <Figure name={t('crawl.eta')} value={state === 'running' && progress.eta_ms !== undefined ? durationText(progress.eta_ms, locale) : t('crawl.etaNone')} />}
      <Figure name={t('crawl.waiting')} value={shortNumber(progress.waiting, locale)} />
      {!over && <Figure name={t('crawl.hosts')} value={numberText(progress.hosts, locale)} note={`${t('crawl.inFlight')} ${numberText(progress.in_flight, locale)}`} />}
      <Figure name={t('crawl.bytes')} value={bytesText(progress.wire_bytes, locale)} note={t('crawl.bytesHint', { bytes: bytesText(progress.bytes, locale) })} />
      <Figure name={t('crawl.elapsed')} value={durationText(elapsed, locale)} note={crawl.finished_at && t('crawl.finishedAt', { time: fullText(crawl.finished_at, locale) })} />
    </dl>
  )
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd>{value}{note && <small>{note}</small>}</dd>
    </div>
  )
}

function Charts() {
  const { t, locale } = useI18n()
  const { crawl, samples } = useShownCrawl()
  const { progress } = crawl
  const statuses = (
    <Legend entries={statusClasses.map((each) => ({ layer: `layer-${each}`, name: t(`crawl.status.${each}`), value: shortNumber(progress.statuses[each] ?? 0, locale) }))} />
  )
  const queue = <Legend entries={queueParts.map((part) => ({ layer: `layer-${part}`, name: t(`crawl.${part}`), value: shortNumber(progress[part], locale) }))} />
  if (hasEnded(crawl) && samples.length < FEW_SAMPLES) {
    return (
      <section className="card charts-over" aria-label={t('crawl.chart.statuses')}>
        <p className="quiet-text">{t('crawl.chart.over')}</p>
        {statuses}
        {queue}
      </section>
    )
  }
  const [rates, answers, queues] = [ratesOf(samples), statusesOf(samples), queueOf(samples)]
  const axis = (spanMs: number) => [t('crawl.chart.ago', { time: durationText(spanMs, locale) }), t('crawl.chart.now')] as const
  const waiting = t('crawl.chart.gathering')
  const most = Math.max(0, ...rates.rows.map(([rate = 0]) => rate))
  return (
    <div className="charts">
      <AreaChart title={t('crawl.chart.rate')} text={t('crawl.chart.rateText', { now: rateText(progress.per_second, locale), most: rateText(most, locale) })} series={rates} layers={['layer-rate']} axis={axis(rates.spanMs)} waiting={waiting}>
        <Legend entries={[{ layer: 'layer-rate', name: t('crawl.rate'), value: rateText(progress.per_second, locale) }]} />
      </AreaChart>
      <AreaChart title={t('crawl.chart.statuses')} text={t('crawl.chart.statusesText')} series={answers} layers={statusLayers} axis={axis(answers.spanMs)} waiting={waiting}>{statuses}</AreaChart>
      <AreaChart title={t('crawl.chart.queue')} text={t('crawl.chart.queueText')} series={queues} layers={queueParts.map((part) => `layer-${part}`)} axis={axis(queues.spanMs)} waiting={waiting}>{queue}</AreaChart>
    </div>
  )
}

function Outcomes({ progress }: { progress: CrawlProgress }) {
  const { t } = useI18n()
  const coded = (counts: Record<string, number>) => Object.entries(counts).map(([code, count]) => ({ name: crawlCode(t, code), count }))
  const books = (['done', 'gone', 'refused', 'parked', 'resting'] as const).map((each) => ({ name: t(`crawl.${each}`), count: progress[each] }))
  const duplicates = (['canonical', 'body', 'near'] as const).map((each) => ({ name: t(`crawl.duplicate.${each}`), count: progress.duplicates[each] ?? 0 }))
  return (
    <section className="card outcomes" aria-label={t('crawl.books')}>
      <Shares title={t('crawl.books')} parts={books} />
      <Shares title={t('crawl.faults')} parts={coded(progress.faults)} danger />
      <Shares title={t('crawl.refusedBy')} parts={coded(progress.refused_by)} />
      <Shares title={t('crawl.duplicates')} parts={duplicates} />
    </section>
  )
}

/** Counts with their share of the sum, the largest first. */
function Shares({ title, parts, danger }: { title: string; parts: readonly { name: string; count: number }[]; danger?: boolean }): ReactNode {
  const { t, locale } = useI18n()
  const id = useId()
  const shown = parts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  const sum = shown.reduce((all, { count }) => all + count, 0)
  return (
    <div>
      <h2 id={id} className="shares-title">{title}</h2>
      {shown.length === 0 && <p className="quiet-text">{t('crawl.none')}</p>}
      <ul className="shares" aria-labelledby={id}>
        {shown.map(({ name, count }) => (
          <li key={name}>
            <span>{name}</span>
            <span className="shares-count">{numberText(count, locale)} <span className="quiet-text">{percentText(count / sum, locale)}</span></span>
            <span className={`shares-bar${danger ? ' danger' : ''}`} aria-hidden="true"><span style={{ width: `${(count / sum) * 100}%` }} /></span>
          </li>
        ))}
      </ul>
    </div>
  )
}
