import { type Crawl, type CrawlLine, MadangError } from '@madang/client'
import { Radar } from 'lucide-react'
import { NavLink, Outlet, useOutletContext, useParams } from 'react-router'
import { usePageTitle } from '../app/title-count'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { BackLink } from './BackLink'
import { CrawlActions } from './CrawlActions'
import type { Sample } from './samples'
import { StateBadge } from './StateBadge'
import { crawlName } from './text'
import { useCrawl } from './use-crawl'

interface Shown {
  crawl: Crawl
  samples: readonly Sample[]
}

/** The crawl that the views below show. */
export const useShownCrawl = () => useOutletContext<Shown>()

/** Head, actions and views of one crawl, which is followed for as long as this is open. */
export function CrawlPage() {
  const { t } = useI18n()
  const { id = '' } = useParams()
  const { crawl, samples, line, error, put, retry } = useCrawl(id)
  usePageTitle(`${crawl ? crawlName(crawl, t) : t('crawl.title')} · ${t('app.name')}`)
  if (!crawl) {
    return (
      <main className="page page-wide" id="main">
        <BackLink to="/crawls" label={t('crawl.title')} />
        {error ? <Missing error={error} onRetry={() => void retry()} /> : <Spinner />}
      </main>
    )
  }
  return (
    <main className="page page-wide" id="main">
      <header className="crawl-head">
        <BackLink to="/crawls" label={t('crawl.title')} />
        <div className="page-head">
          <h1>{crawlName(crawl, t)}</h1>
          <div role="status" aria-label={t('crawl.stateNow', { state: t(`crawl.state.${crawl.state}`) })}><StateBadge state={crawl.state} /></div>
        </div>
        <CrawlActions crawl={crawl} onChanged={put} />
        {crawl.failure && <p className="form-error">{crawl.failure}</p>}
        <LineNote line={line} />
      </header>
      <nav className="tabs crawl-tabs" aria-label={t('crawl.tabs')}>
        <NavLink to={`/crawls/${id}`} end>{t('crawl.tab.overview')}</NavLink>
        <NavLink to={`/crawls/${id}/hosts`}>{t('crawl.tab.hosts')}</NavLink>
        <NavLink to={`/crawls/${id}/pages`}>{t('crawl.tab.pages')}</NavLink>
        <NavLink to={`/crawls/${id}/explain`}>{t('crawl.tab.explain')}</NavLink>
      </nav>
      <Outlet context={{ crawl, samples } satisfies Shown} />
    </main>
  )
}

function LineNote({ line }: { line: CrawlLine }) {
  const { t } = useI18n()
  return <p className="quiet-text line-note" role="status">{line !== 'live' && t(`crawl.line.${line}`)}</p>
}

function Missing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useI18n()
  if (error instanceof MadangError && error.status === 404) {
    return <Empty heading="h1" icon={<Radar size={30} />} title={t('crawl.notFound')} hint={t('crawl.notFoundHint')} />
  }
  return (
    <Empty heading="h1" icon={<Radar size={30} />} title={errorText(t, error)}>
      <button type="button" className="button" onClick={onRetry}>{t('action.retry')}</button>
    </Empty>
  )
}
