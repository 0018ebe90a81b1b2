import type { CrawledPage, Id } from '@madang/client'
import { ExternalLink } from 'lucide-react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { bytesText, crawlCode, durationText, numberText, readable, statusClass, webHref } from './text'

/** One fetched page; its details unfold. */
export function PageRow({ page, crawl }: { page: CrawledPage; crawl: Id }) {
  const { t, locale } = useI18n()
  const notes = [
    page.content_type?.split(';')[0],
    page.status > 0 && bytesText(page.bytes, locale),
    durationText(page.elapsed_ms, locale),
    page.fault && crawlCode(t, page.fault),
  ].filter((note) => typeof note === 'string' && note !== '')
  return (
    <li className="page-row">
      <span className={`status layer-${statusClass(page.status)}`}>{page.status === 0 ? '–' : page.status}</span>
      <div className="page-text">
        <strong lang={page.language}>{page.title || t('crawl.pages.untitled')}</strong>
        <span className="page-url">{readable(page.url)}</span>
        <small>
          {notes.join(' · ')}
          {page.duplicate && <span className="tag">{t(`crawl.duplicate.${page.duplicate.kind}`)}</span>}
          {page.no_index && <span className="tag">{t('crawl.pages.noIndex')}</span>}
        </small>
        <details>
          <summary>{t('crawl.pages.details')}</summary>
          <PageFacts page={page} />
        </details>
      </div>
      <div className="page-actions">
        <Link to={`/crawls/${crawl}/explain?url=${encodeURIComponent(page.url)}`} className="button small">{t('crawl.pages.why')}</Link>
        <OpenLink url={page.url} />
      </div>
    </li>
  )
}

export function OpenLink({ url }: { url: string }) {
  const { t } = useI18n()
  const href = webHref(url)
  if (!href) return null
  const label = t('crawl.pages.open', { url })
  return <a className="icon-button" href={href} target="_blank" rel="noopener noreferrer nofollow" aria-label={label} title={label}><ExternalLink size={18} aria-hidden /></a>
}

function PageFacts({ page }: { page: CrawledPage }) {
  const { t, locale } = useI18n()
  const facts: [string, string | undefined][] = [
    [t('crawl.pages.fetchedAt'), fullText(page.fetched_at, locale)],
    [t('crawl.pages.type'), page.content_type],
    [t('crawl.pages.language'), page.language],
    [t('crawl.pages.size'), bytesText(page.bytes, locale)],
    [t('crawl.pages.words'), numberText(page.words, locale)],
    [t('crawl.pages.took'), durationText(page.elapsed_ms, locale)],
    [t('crawl.pages.depth'), numberText(page.depth, locale)],
    [t('crawl.pages.visits'), t('crawl.pages.visitsValue', { count: page.fetches, changes: page.changes })],
    [t('crawl.pages.noise'), t('crawl.pages.noiseValue', { noise: page.noise })],
    [t('crawl.pages.fault'), page.fault && crawlCode(t, page.fault)],
    [t('crawl.pages.target'), page.target && readable(page.target)],
    [t('crawl.pages.duplicateOf'), page.duplicate?.url && readable(page.duplicate.url)],
    [t('crawl.pages.archive'), page.archive && t('crawl.pages.archiveValue', { ...page.archive })],
  ]
  return (
    <dl className="facts">
      {facts.filter(([, value]) => value !== undefined).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
