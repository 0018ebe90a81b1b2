import { hasEnded } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Search, ServerOff } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { useShownCrawl } from './CrawlPage'
import { EndlessList } from './EndlessList'
import { HostFacts } from './HostFacts'
import { useNow } from './use-now'

const FRESH_MS = 3_000
/** Reading on and on keeps what was read; more pages than this are not asked for anew by themselves. */
const FRESH_PAGES = 3

/** Hosts and their clocks. */
export function HostsView() {
  const { t } = useI18n()
  const api = useApi()
  const { crawl } = useShownCrawl()
  const now = useNow()
  const [typed, setTyped] = useState('')
  const [order, setOrder] = useState<'busiest' | 'id'>('busiest')
  const q = useDeferredValue(typed.trim())
  const hosts = useInfiniteQuery({
    queryKey: ['crawl', crawl.id, 'hosts', q, order],
    queryFn: ({ pageParam }) => api.crawls.hosts(crawl.id, { q: q || undefined, order, cursor: pageParam, limit: order === 'busiest' ? 100 : undefined }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: (query) => (!hasEnded(crawl) && (query.state.data?.pages.length ?? 0) <= FRESH_PAGES ? FRESH_MS : false),
  })
  return (
    <>
      <div className="filters">
        <div className="search-box">
          <Search size={18} aria-hidden />
          <input type="search" aria-label={t('crawl.hosts.search')} placeholder={t('crawl.hosts.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <select aria-label={t('crawl.hosts.order')} value={order} onChange={(event) => setOrder(event.target.value === 'id' ? 'id' : 'busiest')}>
          <option value="busiest">{t('crawl.hosts.busiest')}</option>
          <option value="id">{t('crawl.hosts.all')}</option>
        </select>
      </div>
      <EndlessList pages={hosts} empty={<Empty icon={<ServerOff size={30} />} title={t('crawl.hosts.none')} />}>
        {(items) => (
          <div className="card host-card">
            <div className="host-head" aria-hidden="true">
              <span>{t('crawl.hosts.host')}</span>
              <span>{t('crawl.hosts.clock')}</span>
              <span>{t('crawl.hosts.queue')}</span>
              <span>{t('crawl.hosts.fetched')}</span>
              <span>{t('crawl.hosts.latency')}</span>
              <span>{t('crawl.hosts.robots')}</span>
            </div>
            <ul>
              {items.map((host) => (
                <li key={host.id} className="host-row">
                  <div className="host-name">
                    <Link to={`/crawls/${crawl.id}/pages?host=${host.id}`}>{host.origin}</Link>
                    <small>{[host.address, host.region].filter(Boolean).join(' · ')}</small>
                  </div>
                  <HostFacts host={host} now={now} ended={hasEnded(crawl)} />
                </li>
              ))}
            </ul>
          </div>
        )}
      </EndlessList>
    </>
  )
}
