import { type Crawl, hasEnded } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronRight, Plus, Radar } from 'lucide-react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { StateBadge } from './StateBadge'
import { crawlName, durationText, rateText, shortNumber } from './text'

const FRESH_MS = 2_000

/** All crawls; those that run tell how far they are. */
export function CrawlsPage() {
  const { t } = useI18n()
  const api = useApi()
  usePageTitle(`${t('crawl.title')} · ${t('app.name')}`)
  const pages = useInfiniteQuery({
    queryKey: ['crawls'],
    queryFn: ({ pageParam }) => api.crawls.list({ cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some((crawl) => !hasEnded(crawl))) ? FRESH_MS : false),
  })
  const crawls = (pages.data?.pages ?? []).flatMap((page) => page.items)
  return (
    <main className="page page-wide" id="main">
      <header className="page-head">
        <h1>{t('crawl.title')}</h1>
        <Link to="/crawls/new" className="button primary"><Plus size={18} aria-hidden /> {t('crawl.new')}</Link>
      </header>
      {pages.isPending && <Spinner />}
      {pages.isError && crawls.length === 0 && (
        <Empty icon={<Radar size={30} />} title={errorText(t, pages.error)}>
          <button type="button" className="button" onClick={() => void pages.refetch()}>{t('action.retry')}</button>
        </Empty>
      )}
      {pages.isSuccess && crawls.length === 0 && <Empty icon={<Radar size={30} />} title={t('crawl.empty')} hint={t('crawl.emptyHint')} />}
      {crawls.length > 0 && (
        <ul className="card people-list" aria-label={t('crawl.list')}>
          {crawls.map((crawl) => <CrawlRow key={crawl.id} crawl={crawl} />)}
        </ul>
      )}
      {pages.hasNextPage && <button type="button" className="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('action.more')}</button>}
    </main>
  )
}

function CrawlRow({ crawl }: { crawl: Crawl }) {
  const { t, locale } = useI18n()
  const { progress, state } = crawl
  const notes = [
    t('crawl.fetchedCount', { count: progress.fetched, number: shortNumber(progress.fetched, locale) }),
    state === 'running' && t('crawl.rateValue', { number: rateText(progress.per_second, locale) }),
    state === 'running' && progress.eta_ms !== undefined && `${t('crawl.eta')} ${durationText(progress.eta_ms, locale)}`,
    crawl.finished_at ? t('crawl.finishedAt', { time: fullText(crawl.finished_at, locale) }) : t('crawl.startedAt', { time: fullText(crawl.created_at, locale) }),
  ].filter((note) => typeof note === 'string')
  return (
    <li className="crawl-row">
      <StateBadge state={state} />
      <div className="row-text">
        <Link to={`/crawls/${crawl.id}`} className="cover-link">{crawlName(crawl, t)}</Link>
        <small>{notes.join(' · ')}</small>
      </div>
      <ChevronRight size={18} aria-hidden />
    </li>
  )
}
