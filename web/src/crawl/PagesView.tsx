import type { CrawledPage, DuplicateKind, StatusClass } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { FileSearch, Search, X } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { useShownCrawl } from './CrawlPage'
import { EndlessList } from './EndlessList'
import { PageRow } from './PageRow'
import { statusClasses } from './text'

const kinds: readonly DuplicateKind[] = ['canonical', 'body', 'near']

/** What was fetched, newest first; the filters stand in the address, so that a view can be shared. */
export function PagesView() {
  const { t } = useI18n()
  const api = useApi()
  const { crawl } = useShownCrawl()
  const [query, setQuery] = useSearchParams()
  const [typed, setTyped] = useState(query.get('q') ?? '')
  const q = useDeferredValue(typed.trim())
  const status = statusClasses.find((each) => each === query.get('status'))
  const duplicate = kinds.find((each) => each === query.get('duplicate'))
  const host = query.get('host') ?? undefined
  const set = (name: string, value: string) =>
    setQuery((before) => {
      if (value === '') before.delete(name)
      else before.set(name, value)
      return before
    }, { replace: true })
  const pages = useInfiniteQuery({
    queryKey: ['crawl', crawl.id, 'pages', { q, status, duplicate, host }],
    queryFn: ({ pageParam }) => api.crawls.pages(crawl.id, { q: q || undefined, status, duplicate, host, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  return (
    <>
      <div className="filters">
        <div className="search-box">
          <Search size={18} aria-hidden />
          <input type="search" aria-label={t('crawl.pages.search')} placeholder={t('crawl.pages.search')} value={typed} onChange={(event) => { setTyped(event.target.value); set('q', event.target.value.trim()) }} />
        </div>
        <select aria-label={t('crawl.pages.status')} value={status ?? ''} onChange={(event) => set('status', event.target.value)}>
          <option value="">{t('crawl.pages.anyStatus')}</option>
          {statusClasses.map((each: StatusClass) => <option key={each} value={each}>{t(`crawl.status.${each}`)}</option>)}
        </select>
        <select aria-label={t('crawl.pages.duplicate')} value={duplicate ?? ''} onChange={(event) => set('duplicate', event.target.value)}>
          <option value="">{t('crawl.pages.anyDuplicate')}</option>
          {kinds.map((each) => <option key={each} value={each}>{t(`crawl.duplicate.${each}`)}</option>)}
        </select>
        {host && (
          <span className="chip">{t('crawl.pages.ofHost')}
            <button type="button" className="chip-remove" aria-label={t('crawl.pages.allHosts')} onClick={() => set('host', '')}><X size={15} aria-hidden /></button>
          </span>
        )}
      </div>
      <EndlessList pages={pages} empty={<Empty icon={<FileSearch size={30} />} title={t('crawl.pages.none')} hint={t('crawl.pages.noneHint')} />}>
        {(items) => <ul className="card page-list">{items.map((page: CrawledPage) => <PageRow key={page.url} page={page} crawl={crawl.id} />)}</ul>}
      </EndlessList>
    </>
  )
}
