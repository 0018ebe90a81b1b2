import type { CrawlSettings } from '@madang/client'
import { useI18n } from '../i18n/i18n'
import { boostText } from './form'
import { durationText, numberText, readable } from './text'

/** What the crawl was asked to do. */
export function SettingsList({ settings }: { settings: CrawlSettings }) {
  const { t, locale } = useI18n()
  const rows: [string, string][] = [
    [t('crawl.form.scope'), t(`crawl.scope.${settings.scope}`)],
    [t('crawl.form.maxPages'), settings.max_pages === undefined ? '–' : numberText(settings.max_pages, locale)],
    [t('crawl.form.maxDepth'), numberText(settings.max_depth, locale)],
    [t('crawl.form.delay'), durationText(settings.delay_ms, locale)],
    [t('crawl.form.agent'), settings.agent],
  ]
  if (settings.boosts.length > 0) rows.push([t('crawl.form.boosts'), settings.boosts.map(boostText).join(', ')])
  if (settings.allow.length > 0) rows.push([t('crawl.form.allow'), settings.allow.join(', ')])
  return (
    <section className="card" aria-label={t('crawl.settings')}>
      <h2 className="card-title">{t('crawl.settings')}</h2>
      <dl className="facts">
        <div className="facts-long">
          <dt>{t('crawl.form.seeds')}</dt>
          <dd><ul>{settings.seeds.slice(0, 20).map((seed) => <li key={seed}>{readable(seed)}</li>)}{settings.seeds.length > 20 && <li>… {numberText(settings.seeds.length, locale)}</li>}</ul></dd>
        </div>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
